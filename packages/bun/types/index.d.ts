/**
 * The global `Bun` and what Bun adds to other globals, the module `"bun"` and the modules `"bun:…"` and `"*.html"` for the compiler, where `bun-types` is not installed: `"types": ["@mantou/bun/types"]`
 * in tsconfig.json, or `/// <reference types="@mantou/bun/types" />`.
 */
/// <reference types="node" />
/// <reference types="@mantou/html/modules" />
/// <reference path="./modules.d.ts" />
/// <reference path="./global.d.ts" />
/// <reference path="./globals.d.ts" />
/// <reference path="./node-modules.d.ts" />
