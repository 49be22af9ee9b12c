import type * as Sentry from "@sentry/node";
import * as sentry10 from "sentry-10";
import { testSentry } from "./sentry-sdk.ts";

testSentry(sentry10 as unknown as typeof Sentry);
