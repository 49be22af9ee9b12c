declare module "*.toml" {
  const value: any;
  export default value;
}
