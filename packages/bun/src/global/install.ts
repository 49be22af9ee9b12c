import { rememberDeadlines } from "../process/deadlines.ts";
import { addToLanguage } from "./language/language.ts";
import Bun from "./object.ts";
import { markProcess } from "./process.ts";
import "./web/web-globals.ts";

// On Bun itself, the real Bun stays.
(globalThis as { Bun?: unknown }).Bun ??= Bun;
addToLanguage();
rememberDeadlines();
markProcess();
