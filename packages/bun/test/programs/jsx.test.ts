import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

const runtime = (name: string): Record<string, string> => ({
  [`node_modules/${name}/package.json`]: `{ "name": "${name}", "type": "module", "exports": { "./jsx-runtime": "./jsx.js", "./jsx-dev-runtime": "./dev.js" } }`,
  [`node_modules/${name}/jsx.js`]: `export const jsx = (type, props, key) => ({ from: "${name}", type: typeof type === "function" ? type(props) : type, props, key }), jsxs = jsx, Fragment = "fragment";`,
  [`node_modules/${name}/dev.js`]: `export const jsxDEV = (type, props, key, many) => ({ from: "${name}/dev", type: typeof type === "function" ? type(props) : type, props, key, many }), Fragment = "fragment";`,
});
const CLASSIC = `const h = (type: any, props: any, ...rest: any[]) => [type, props, ...rest], F = "F";`;
const print = (jsx: string): string => `console.log(JSON.stringify(${jsx})); export {};`;

describe("JSX", () => {
  itRunsAsOnBun([
    {
      name: "calls React's development runtime",
      files: { ...runtime("react"), "main.tsx": print("<a key='k' b={1} {...{ c: 2 }}>text<>{3}</></a>") },
      args: ["main.tsx"],
      prints:
        '{"from":"react/dev","type":"a","props":{"b":1,"c":2,"children":["text",{"from":"react/dev","type":"fragment","props":{"children":3},"many":false}]},"key":"k","many":true}',
    },
    {
      name: "calls React's runtime where NODE_ENV is production",
      files: { ...runtime("react"), "main.jsx": print("<a />") },
      args: ["main.jsx"],
      env: { NODE_ENV: "production" },
      prints: '{"from":"react","type":"a","props":{}}',
    },
    {
      name: "takes jsxImportSource of the tsconfig",
      files: {
        ...runtime("lib"),
        "tsconfig.json":
          '{ // comment\n "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "lib", } }',
        "main.tsx": print("<a />"),
      },
      args: ["main.tsx"],
      prints: '{"from":"lib","type":"a","props":{}}',
    },
    {
      name: "takes jsxImportSource of an extended tsconfig, and of a comment first",
      files: {
        ...runtime("lib"),
        ...runtime("other"),
        "base.json": '{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "lib" } }',
        "tsconfig.json": '{ "extends": "./base.json" }',
        "main.tsx": `/** @jsxImportSource other */\nimport { b } from "./b"; ${print("[<a />, b]")}`,
        "b.tsx": "export const b = <b />;",
      },
      args: ["main.tsx"],
      prints: '[{"from":"other","type":"a","props":{}},{"from":"lib","type":"b","props":{}}]',
    },
    {
      name: "takes jsxFactory and jsxFragmentFactory",
      files: {
        "tsconfig.json":
          '{ "compilerOptions": { "jsx": "react", "jsxFactory": "h", "jsxFragmentFactory": "F" } }',
        "main.tsx": CLASSIC + print("<a x='1'><></></a>"),
      },
      args: ["main.tsx"],
      prints: '["a",{"x":"1"},["F",null]]',
    },
    {
      name: "takes @jsxRuntime and @jsx of a comment",
      files: {
        "main.tsx": `/** @jsxRuntime classic */\n/** @jsx h */\n/** @jsxFrag F */\n${CLASSIC}${print("<><b /></>")}`,
      },
      args: ["main.tsx"],
      prints: '["F",null,["b",null]]',
    },
    {
      name: "is read in .js, too, with components, generics in .tsx, and names with dots, dashes and entities",
      files: {
        ...runtime("react"),
        "main.tsx": `
          import { page } from "./page.js";
          const first = <T,>(list: T[]): T => list[0]!;
          ${print("[page, first([<my-tag data-x='&lt;&amp;'>a &copy; b</my-tag>])]")}`,
        "page.js": `const UI = { Title: ({ children }) => "<h1>" + children }; export const page = <UI.Title>hi</UI.Title>;`,
      },
      args: ["main.tsx"],
      prints:
        '[{"from":"react/dev","type":"<h1>hi","props":{"children":"hi"},"many":false},{"from":"react/dev","type":"my-tag","props":{"data-x":"<&","children":"a © b"},"many":false}]',
    },
  ]);
});
