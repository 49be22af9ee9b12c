import { fileSuite } from "../support/file-suite.ts";

// The global Response is ours; the same suite runs on the platform's in files.plain.test.ts.
fileSuite();
