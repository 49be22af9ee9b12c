import "../../src/bun-globals.ts";
import { vi } from "vitest";
import { file } from "../../src/fetch/file.ts";
import { honoBunSuite } from "./hono-bun-suite.ts";

// Without `@mantou/serve/bun`, which replaces more than this.
vi.stubGlobal("Bun", { file });

honoBunSuite(await import("hono/bun"));
