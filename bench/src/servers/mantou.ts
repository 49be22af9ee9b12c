import { file, serve } from "@mantou/serve";
import { run } from "./bun-api.ts";

run({ serve, file });
