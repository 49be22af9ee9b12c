/** The options that the command knows. */

/** An option of Bun's command line. */
export type Option =
  | { readonly is: "flag"; readonly key: Flag }
  /** One of `isOptional` may stand alone: only behind `=`, or if it ends with `.toml`, is what follows its value. */
  | { readonly is: "value"; readonly key: Value; readonly isOptional?: boolean }
  /** For Node.js: `value` is whether a value belongs to it; one behind `=` may. */
  | { readonly is: "node"; readonly value: boolean }
  /** It asks for what is so anyway. */
  | { readonly is: "given"; readonly value: boolean }
  /** The program runs without what it asks for, and a line says why. */
  | { readonly is: "idle"; readonly value: boolean; readonly why: string }
  /** The program would be another one without it. */
  | { readonly is: "absent"; readonly why: string };

export type Flag =
  | "help"
  | "version"
  | "revision"
  | "hot"
  | "watch"
  | "noClearScreen"
  | "silent"
  | "ifPresent"
  | "bun"
  | "smol"
  | "noEnvFile";
export type Value =
  | "port"
  | "hostname"
  | "backplane"
  | "preload"
  | "eval"
  | "print"
  | "define"
  | "loader"
  | "jsxFactory"
  | "jsxFragment"
  | "jsxImportSource"
  | "jsxRuntime"
  | "consoleDepth"
  | "tsconfig"
  | "shell"
  | "envFile"
  | "watchKillSignal"
  | "cwd"
  | "config"
  | "workers"
  | "grace";

const flag = (key: Flag): Option => ({ is: "flag", key });
const value = (key: Value): Option => ({ is: "value", key });

function all(names: string, option: Option): [string, Option][] {
  return names.split(" ").map((name) => [`--${name}`, option]);
}

const NO_INSTALL = "packages are installed by npm, pnpm or yarn";
const NO_PROFILE = "Node.js writes no profile as Markdown";
const NO_WORKSPACES = "use `npm run --workspaces`, `pnpm -r` or `yarn workspaces foreach`";
const NO_CRON = "use cron, or a scheduler of npm";

/** Each option of `bun --help` and `bun run --help`, and some of our own. */
export const OPTIONS: ReadonlyMap<string, Option> = new Map<string, Option>([
  ["--help", flag("help")],
  ["--version", flag("version")],
  ["--revision", flag("revision")],
  ["--hot", flag("hot")],
  ["--watch", flag("watch")],
  ["--no-clear-screen", flag("noClearScreen")],
  ["--silent", flag("silent")],
  ["--if-present", flag("ifPresent")],
  ["--bun", flag("bun")],
  ["--smol", flag("smol")],
  ["--no-env-file", flag("noEnvFile")],
  ["--port", value("port")],
  ["--hostname", value("hostname")],
  ["--backplane", value("backplane")],
  ...all("preload require import", value("preload")),
  ["--eval", value("eval")],
  ["--print", value("print")],
  ["--define", value("define")],
  ["--loader", value("loader")],
  ["--jsx-factory", value("jsxFactory")],
  ["--jsx-fragment", value("jsxFragment")],
  ["--jsx-import-source", value("jsxImportSource")],
  ["--jsx-runtime", value("jsxRuntime")],
  ["--console-depth", value("consoleDepth")],
  ["--tsconfig-override", value("tsconfig")],
  ["--shell", value("shell")],
  ["--env-file", value("envFile")],
  ["--watch-kill-signal", value("watchKillSignal")],
  ["--cwd", value("cwd")],
  ["--workers", value("workers")],
  ["--grace", value("grace")],
  ["--config", { is: "value", key: "config", isOptional: true }],
  // Nothing is installed, no macro runs, no C is compiled, and no code is removed.
  ...all("no-install prefer-offline no-macros no-ffi-cc jsx-side-effects ignore-dce-annotations", {
    is: "given",
    value: false,
  }),
  // The output of scripts is shown whole, as by default in Bun.
  ["--elide-lines", { is: "given", value: true }],
  ["--install", { is: "idle", value: true, why: NO_INSTALL }],
  ["--prefer-latest", { is: "idle", value: false, why: NO_INSTALL }],
  ["--fetch-preconnect", { is: "idle", value: true, why: "a connection is opened by the first fetch" }],
  ...all("redis-preconnect sql-preconnect", {
    is: "idle",
    value: false,
    why: "a connection is opened by the first query",
  }),
  ...all("experimental-http2-fetch experimental-http3-fetch", {
    is: "idle",
    value: false,
    why: "fetch speaks HTTP/1.1",
  }),
  ...all("cpu-prof-md heap-prof-md", { is: "absent", why: NO_PROFILE }),
  ...all("filter workspaces parallel sequential no-exit-on-error", { is: "absent", why: NO_WORKSPACES }),
  ...all("cron-title cron-period", { is: "absent", why: NO_CRON }),
  ["--no-orphans", { is: "absent", why: "Node.js cannot follow the processes that its children start" }],
  ["--check", { is: "absent", why: "use `tsc --noEmit` in front of it" }],
  ["--interactive", { is: "absent", why: "use `node --interactive`" }],
  ["--insecure-http-parser", { is: "absent", why: "invalid requests are always refused" }],
  [
    "--experimental-stream-iter",
    { is: "absent", why: "the modules node:stream/iter and node:zlib/iter are not there" },
  ],
  ["--user-agent", { is: "absent", why: "give the header User-Agent to fetch" }],
  ["--main-fields", { is: "absent", why: "packages are found by exports, main and module" }],
  [
    "--extension-order",
    { is: "absent", why: "files are found in the order of extensions that Bun has by default" },
  ],
  ["--drop", { is: "absent", why: "calls are removed by a bundler; --define replaces names" }],
  ["--feature", { is: "absent", why: "features are chosen by a bundler; --define replaces names" }],
  ...all(
    "inspect inspect-brk inspect-wait cpu-prof heap-prof expose-gc no-deprecation throw-deprecation no-warnings trace-warnings trace-deprecation " +
      "pending-deprecation zero-fill-buffers use-system-ca use-openssl-ca use-bundled-ca tls-min-v1.0 tls-min-v1.1 tls-min-v1.2 tls-min-v1.3 " +
      "tls-max-v1.2 tls-max-v1.3 preserve-symlinks preserve-symlinks-main no-addons",
    { is: "node", value: false },
  ),
  ...all(
    "conditions cpu-prof-name cpu-prof-dir cpu-prof-interval heap-prof-name heap-prof-dir heap-prof-interval max-http-header-size dns-result-order " +
      "redirect-warnings disable-warning title unhandled-rejections",
    { is: "node", value: true },
  ),
]);
/** The options of one letter, without those that have a meaning of their own. */
export const SHORT: Readonly<Record<string, string>> = {
  h: "--help",
  v: "--version",
  b: "--bun",
  r: "--preload",
  e: "--eval",
  p: "--print",
  d: "--define",
  c: "--config",
  l: "--loader",
  F: "--filter",
};
