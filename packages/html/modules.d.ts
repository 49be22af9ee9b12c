/** Types of HTML imports, for programs without Bun's types: `"types": ["@mantou/html/modules"]` in tsconfig.json. */
declare module "*.html" {
  const page: import("@mantou/serve").HTMLBundle;
  export default page;
}
