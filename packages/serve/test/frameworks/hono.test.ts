import { honoSuite } from "./hono-suite.ts";

honoSuite();
