/**
 * For runtimes that run programs which call `serve()`, such as `@mantou/bun`: which servers run, and how a server is found again
 * when the module that started it runs again. Internal to Mantou's packages, whose versions are always the same: it may change with
 * any of them.
 */

export { escapeHTML } from "./errors/escape-html.ts";
export { report as logError } from "./errors/log.ts";
export { pickOptions } from "./options/known-options.ts";
export { beginRun, runningCount, stopRunning } from "./server/running.ts";
