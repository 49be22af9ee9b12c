import { Buffer } from "node:buffer";

const NAME = /^([0-9a-f]{16})\.([1-9]\d{0,9})$/;

/** @param instance in Latin-1 */
export function sessionName(instance: string, tag: number): string {
  return `${Buffer.from(instance, "latin1").toString("hex")}.${tag}`;
}

/** The session that has published a message, as a key. */
export function authorOf(instance: string, tag: number): string {
  return `${tag} ${instance}`;
}

/** The keys of sessions. Names of another form are those of other servers, whose messages are not here. */
export function authorsOf(names: Iterable<string>): ReadonlySet<string> {
  const authors = new Set<string>();
  for (const name of names) {
    const [, instance, tag] = NAME.exec(name) ?? [];
    if (instance !== undefined)
      authors.add(authorOf(Buffer.from(instance, "hex").toString("latin1"), Number(tag)));
  }
  return authors;
}
