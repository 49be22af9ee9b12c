export { default as Digest } from "./digest";
export * from "./general";
