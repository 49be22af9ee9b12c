export { runs, some } from "../../../../vitest.runs.ts";
