import "../support/plain.ts";
import { cookiesSuite } from "../support/cookies-suite.ts";

cookiesSuite();
