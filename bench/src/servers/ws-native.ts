import { createRequire } from "node:module";
import { join } from "node:path";
import { nativeWs, packageFolder } from "../cache.ts";
import { run, type WsModule } from "./ws-api.ts";

const requireThere = createRequire(join(packageFolder(nativeWs), "package.json"));
// bufferutil and ws both go on in JavaScript where the addon does not load; then there would be nothing new to measure.
const loadAddon = requireThere("node-gyp-build") as (folder: string) => unknown;
loadAddon(packageFolder(nativeWs, "bufferutil"));
run(requireThere("ws") as WsModule);
