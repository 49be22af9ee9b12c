import { incomingBodySuite } from "../support/incoming-body-suite.ts";

// Handlers get the platform's Request; the same suite runs on light ones in incoming-body.registered.test.ts.
incomingBodySuite();
