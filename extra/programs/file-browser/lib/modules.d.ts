declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.svg" {
  const path: string;
  export default path;
}
