declare module "*.jsonc" {
  const value: { beta: boolean; plugins: string[] };
  export default value;
}
