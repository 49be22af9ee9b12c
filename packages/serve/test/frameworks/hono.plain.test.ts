import "../support/plain.ts";
import { honoSuite } from "./hono-suite.ts";

honoSuite();
