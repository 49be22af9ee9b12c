import { ittySuite } from "./itty-suite.ts";

ittySuite();
