export { runs } from "../../../vitest.runs.ts";
