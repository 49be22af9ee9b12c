import { serve } from "@mantou/serve";
import "../../src/global/install.ts";
import { honoBunSuite } from "./hono-bun-suite.ts";

honoBunSuite(serve, await import("hono/bun"));
