import * as Sentry from "@sentry/node";
import { testSentry } from "./sentry-sdk.ts";

testSentry(Sentry);
