import "../src/register.ts";
import { proxySuite } from "./support/proxy-suite.ts";

proxySuite();
