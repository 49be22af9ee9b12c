import { run, type Serve } from "./bun-api.ts";

const { serve } = (await import("@mantou/serve")) as { readonly serve?: Serve };
if (serve === undefined) throw new Error("@mantou/serve does not export serve yet");
run(serve);
