import { isSlug, makeSlug } from "~/slug";
import { Link, LinkState, NewLink, Visit } from "./types";

export class ConflictError extends Error {
  override name = "ConflictError";
}

export class Store {
  private links = new Map<string, Link>();
  private visits = new Map<string, Visit[]>();

  constructor(
    private readonly file: string,
    public readonly reserved: ReadonlySet<string>,
  ) {}

  async load(): Promise<number> {
    const saved = Bun.file(this.file);
    if (!(await saved.exists())) return 0;
    const links: Link[] = await saved.json();
    for (const link of links) this.links.set(link.slug, link);
    return links.length;
  }

  async save() {
    await Bun.write(this.file, JSON.stringify([...this.links.values()], null, 2));
  }

  add({ target, slug = makeSlug(), maxHits, tags = [] }: NewLink): Link {
    if (!isSlug(slug)) throw new TypeError(`"${slug}" is not a valid slug`);
    if (this.reserved.has(slug) || this.links.has(slug)) throw new ConflictError(`"${slug}" is taken`);
    const link: Link = {
      slug,
      target,
      hits: 0,
      createdAt: new Date().toISOString(),
      state: LinkState.Active,
      maxHits,
      tags,
    };
    this.links.set(slug, link);
    return link;
  }

  get(slug: string) {
    return this.links.get(slug);
  }

  visit(link: Link, visit: Visit): LinkState {
    if (link.state === LinkState.Active) {
      link.hits++;
      const visits = this.visits.get(link.slug) ?? [];
      visits.push(visit);
      this.visits.set(link.slug, visits);
      if (link.maxHits !== undefined && link.hits >= link.maxHits) link.state = LinkState.Expired;
      return LinkState.Active;
    }
    return link.state;
  }

  visitsOf(slug: string): Visit[] {
    return this.visits.get(slug) ?? [];
  }

  remove(slug: string) {
    this.visits.delete(slug);
    return this.links.delete(slug);
  }

  all(): Link[] {
    return Array.from(this.links.values());
  }
}
