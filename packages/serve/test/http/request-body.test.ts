import { incomingBodySuite } from "../support/incoming-body-suite.ts";

// Handlers get light requests; the same suite runs on the platform's in request-body.plain.test.ts.
incomingBodySuite();
