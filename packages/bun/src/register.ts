/**
 * For `node --import @mantou/bun/register`: this Node.js process runs a program that was written for Bun. It makes the global `Bun` and
 * Bun's other global names, and reads `.env` files and bunfig.toml. From the next import on, Node.js finds and reads modules as Bun does, `"bun"` among them.
 */
import { isMainThread } from "node:worker_threads";
import { prepareProcess } from "./config/prepare.ts";
import "./global/install.ts";
import { registerModuleHooks } from "./loader/hooks/register-hooks.ts";

// A worker has the environment of its parent.
if (isMainThread) await prepareProcess();
else registerModuleHooks();
