import { file, serve } from "@mantou/serve/plain";
import { vi } from "vitest";
import "../../src/global/web/web-globals.ts";
import { honoBunSuite } from "./hono-bun-suite.ts";

// Without `@mantou/bun/register`, which replaces more than this.
vi.stubGlobal("Bun", { file });

honoBunSuite(serve, await import("hono/bun"));
