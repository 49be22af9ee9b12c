import { serve } from "@mantou/serve";
import { run } from "./bun-api.ts";

run(serve);
