import "../../src/register.ts";
import { ittySuite } from "./itty-suite.ts";

ittySuite();
