export * from "./model";
export * from "./money";
export * as result from "./result";
export { default as slugify } from "./slugify.js";
