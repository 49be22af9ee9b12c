import "../../src/bun.ts";
import { honoBunSuite } from "./hono-bun-suite.ts";

honoBunSuite(await import("hono/bun"));
