import "../../src/register.ts";
import { honoSuite } from "./hono-suite.ts";

honoSuite();
