import { createRequire } from "node:module";
import type { Backend } from "./backend.ts";
import { nodeBackend } from "./node-backend.ts";

const require = createRequire(import.meta.url);

let chosen: Backend | null = null;

/**
 * SQLite for this Node.js: its own from 22.16 on (22.x) and 24 on; the one in WebAssembly, which is loaded only then, on older
 * lines. Tests of the second one set MANTOU_SQLITE_BACKEND to `wasm`.
 */
export function backend(): Backend {
  if (chosen !== null) return chosen;
  const node = process.env["MANTOU_SQLITE_BACKEND"] === "wasm" ? null : nodeBackend();
  chosen = node ?? (require("./wasm-backend.js") as { wasmBackend: () => Backend }).wasmBackend();
  return chosen;
}

/** For tests: the next databases are opened by this back end; with null, by the one for this Node.js again. */
export function useBackend(other: Backend | null): void {
  chosen = other;
}
