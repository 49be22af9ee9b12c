declare module "*.json5" {
  const value: { writers: string[]; token: string; window: number };
  export default value;
}
declare module "*.yaml" {
  const value: unknown;
  export default value;
}
