export type { PathParams } from "./params.ts";
export { type Match, Router } from "./router.ts";
