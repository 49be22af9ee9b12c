import { serve } from "@mantou/serve";
// The built one: it loads parts of itself by `require` at their first use.
import "../../dist/global/install.js";
import { honoBunSuite } from "./hono-bun-suite.ts";

honoBunSuite(serve, await import("hono/bun"));
