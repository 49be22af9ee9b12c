import "../../src/register.ts";
import { incomingBodySuite } from "../support/incoming-body-suite.ts";

incomingBodySuite();
