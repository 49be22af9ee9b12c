/** A template: a folder of `templates/`, with what stands beside its name. */
export interface Template {
  readonly name: string;
  /** One line. */
  readonly description: string;
}

/** All templates, the simplest first. */
export const TEMPLATES: readonly Template[] = [
  { name: "hello", description: "routes in JavaScript, with @mantou/serve alone" },
  { name: "chat", description: "WebSockets with rooms, over several processes; a page that misses nothing" },
  { name: "rest", description: "a REST API over SQLite, in TypeScript" },
  { name: "react", description: "a page in React with hot reload, and its API, in one process" },
  { name: "hono", description: "an application of Hono, in TypeScript" },
  { name: "elysia", description: "an application of Elysia, in TypeScript" },
];
