/**
 * For `node --import @mantou/bun/register`: this Node.js process runs a program that was written for Bun. It makes the global `Bun` and
 * Bun's other global names. From the next import on, Node.js finds and reads modules as Bun does, `"bun"` among them.
 */
import "./global/install.ts";
import { registerModuleHooks } from "./loader/register-hooks.ts";

registerModuleHooks();
