import { file, serve } from "@mantou/serve/plain";
import { run } from "./bun-api.ts";

run({ serve, file });
