import { requestSuite } from "../support/request-suite.ts";

requestSuite();
