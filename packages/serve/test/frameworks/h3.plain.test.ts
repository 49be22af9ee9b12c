import "../support/plain.ts";
import { h3Suite } from "./h3-suite.ts";

h3Suite();
