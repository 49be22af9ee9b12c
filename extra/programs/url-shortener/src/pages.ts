import { escape, groupBy, sumBy } from "lodash";
import { Link } from "~/types";
import layoutFile from "./layout.html" with { type: "text" };

// bun-types says that every .html file is a bundle
const layout = layoutFile as unknown as string;

export function page(title: string, body: string, init?: ResponseInit) {
  const html = layout.replaceAll("{{title}}", escape(title)).replace("{{body}}", body);
  return new Response(html, {
    ...init,
    headers: { "Content-Type": "text/html; charset=utf-8", ...init?.headers },
  });
}

export function listing(links: Link[]) {
  if (links.length === 0) return "<p>No links yet.</p>";
  const byHost = groupBy(links, (link) => new URL(link.target).host);
  return Object.entries(byHost)
    .map(([host, group]) => {
      const items = group.map(
        ({ slug, target, hits, state }) =>
          `<li class="${state}"><a href="/${slug}">${escape(target)}</a> (${hits})</li>`,
      );
      return `<h2>${escape(host)}, ${sumBy(group, "hits")} hits</h2><ul>${items.join("")}</ul>`;
    })
    .join("\n");
}
