/**
 * For runtimes that run programs which call `serve()`, such as `@mantou/bun`: which servers run, and how a server is found again
 * when the module that started it runs again. Internal to Mantou's packages, whose versions are always the same: it may change with
 * any of them.
 */

export { escapeHTML } from "./errors/html.ts";
export { logError } from "./errors/log.ts";
export { pickOptions } from "./options/serve-options.ts";
export { beginRun, runningCount, stopRunning } from "./server/running.ts";
