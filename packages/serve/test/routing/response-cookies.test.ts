import { cookiesSuite } from "../support/cookies-suite.ts";

cookiesSuite();
