import { type BunApi, run } from "./bun-api.ts";

/** Run by Bun itself, whose types this workspace does not install. */
const runtime = globalThis as { readonly Bun?: BunApi };
if (runtime.Bun === undefined) throw new Error("this server runs on Bun only");
run(runtime.Bun);
