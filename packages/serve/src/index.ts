/** `serve` and what belongs to it, with `Request`, `Response`, `Headers` and `fetch` of the globals made ours. */
export * from "./plain.ts";
import "./install.ts";
