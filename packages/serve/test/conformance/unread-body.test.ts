import { unreadBodySuite } from "../support/unread-body-suite.ts";

// Handlers get the platform's Request; the same suite runs on light ones in unread-body.registered.test.ts.
unreadBodySuite();
