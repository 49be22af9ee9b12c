import "../support/plain.ts";
import { fileSuite } from "../support/file-suite.ts";

fileSuite();
