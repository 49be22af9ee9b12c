import "../../src/register.ts";
import { cookiesSuite } from "../support/cookies-suite.ts";

cookiesSuite();
