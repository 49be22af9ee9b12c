/** `serve`, with the classes and types of its API. The import makes the globals `Request`, `Response`, `Headers` and `fetch` ours. */
export * from "./plain.ts";
import "./install.ts";
