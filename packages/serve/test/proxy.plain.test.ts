import "./support/plain.ts";
import { proxySuite } from "./support/proxy-suite.ts";

proxySuite();
