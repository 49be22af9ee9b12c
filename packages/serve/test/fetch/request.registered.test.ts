import "../../src/register.ts";
import { requestSuite } from "../support/request-suite.ts";

requestSuite();
