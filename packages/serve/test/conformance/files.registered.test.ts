import "../../src/register.ts";
import { fileSuite } from "../support/file-suite.ts";

fileSuite();
