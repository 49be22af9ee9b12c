import { unreadBodySuite } from "../support/unread-body-suite.ts";

// Handlers get light requests; the same suite runs on the platform's in unread-body.plain.test.ts.
unreadBodySuite();
