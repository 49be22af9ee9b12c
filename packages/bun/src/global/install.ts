import Bun from "./bun.ts";
import "./web-globals.ts";

// On Bun itself, Bun is what there is.
(globalThis as { Bun?: unknown }).Bun ??= Bun;
