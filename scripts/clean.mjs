// Before a package is built: what an earlier source has left in dist/ would be published, and found by imports that have no source.
import { rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
