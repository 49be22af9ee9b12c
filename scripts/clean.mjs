// Empties dist/ before a build: files of deleted sources would be published, and imports would find them.
import { rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
