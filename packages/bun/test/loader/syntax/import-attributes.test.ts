import { expect, it } from "vitest";
import { withAttributes } from "../../../src/loader/syntax/import-attributes.ts";

it.each([
  ['import a from "./a.json" assert { type: "json" };', 'import a from "./a.json" with   { type: "json" };'],
  ["import a from './a.json'assert{type:'json'}", "import a from './a.json'with  {type:'json'}"],
  ['import "./a.css" assert { type: "text" };', 'import "./a.css" with   { type: "text" };'],
  [
    'export { a } from "./a" assert {};\nexport * from "./b" assert\n{};',
    'export { a } from "./a" with   {};\nexport * from "./b" with  \n{};',
  ],
])("%s has attributes by their earlier name", (code, modern) => {
  expect(withAttributes(code)).toBe(modern);
});

it.each([
  'import a from "./a.json" with { type: "json" };',
  'const text = `import a from "./a" assert { type: "json" }`;',
  '// import a from "./a" assert { type: "json" }',
  'import { assert } from "./a"\nassert\n{ }',
  'await import("./a.json", { assert: { type: "text" } });',
  'import a from "./a" assert { type: ',
])("%s stays as it is", (code) => {
  expect(withAttributes(code)).toBe(code);
});
