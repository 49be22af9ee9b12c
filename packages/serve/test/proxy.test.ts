import { proxySuite } from "./support/proxy-suite.ts";

proxySuite();
