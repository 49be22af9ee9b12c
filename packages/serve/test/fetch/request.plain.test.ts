import "../support/plain.ts";
import { requestSuite } from "../support/request-suite.ts";

requestSuite();
