import { fileSuite } from "../support/file-suite.ts";

// The global Response is the platform's; the same suite runs on light ones in files.registered.test.ts.
fileSuite();
