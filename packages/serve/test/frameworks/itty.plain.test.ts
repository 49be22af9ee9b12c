import "../support/plain.ts";
import { ittySuite } from "./itty-suite.ts";

ittySuite();
