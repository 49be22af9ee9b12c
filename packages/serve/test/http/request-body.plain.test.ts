import "../support/plain.ts";
import { incomingBodySuite } from "../support/incoming-body-suite.ts";

incomingBodySuite();
