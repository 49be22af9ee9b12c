/**
 * For `node --import @mantou/bun/register`: this Node.js process runs a program that was written for Bun. The global `Bun` and Bun's
 * other global names are there, and from the next import on modules are found and read as Bun does it, `"bun"` among them.
 */
import "./global/install.ts";
import { registerModuleHooks } from "./loader/register-hooks.ts";

registerModuleHooks();
