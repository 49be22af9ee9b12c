import { afterEach, describe, expect, it, vi } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { ABSENT_COMMANDS, HELP } from "../../src/cli/help.ts";

/** The command, with those settings that are not as they are without options. */
function parsed(line: string): object {
  const command = parseArguments(line.split(" ").filter((word) => word !== ""));
  if (!("settings" in command)) return command;
  const plain = parseArguments(["a.ts"]) as { settings: object };
  const { settings, ...rest } = command;
  const usual = Object.entries(plain.settings).map(([key, value]) => [key, JSON.stringify(value)]);
  const changed = Object.entries(settings).filter(
    ([key, value]) => JSON.stringify(value) !== usual.find(([name]) => name === key)![1],
  );
  return { ...rest, ...Object.fromEntries(changed) };
}

const run = { do: "run", target: "a.ts", isRun: false, rest: [] };
const evaluate = { do: "evaluate", code: "1", prints: false, rest: [] };

describe("mantou's arguments", () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each<[string, object]>([
    ["a.ts", run],
    ["a.ts --port 80 -h --hot", { ...run, rest: ["--port", "80", "-h", "--hot"] }],
    ["a.ts -- --c -- d", { ...run, rest: ["--c", "--", "d"] }],
    ["-- a.ts b", { ...run, rest: ["b"] }],
    ["--port 80 --hostname ::1 a.ts", { ...run, port: "80", hostname: "::1" }],
    ["--backplane unix:/b a.ts", { ...run, backplane: "unix:/b" }],
    ["--port=0 --hot a.ts", { ...run, port: "0", reload: "hot" }],
    ["--watch --no-clear-screen a.ts", { ...run, reload: "watch", clearsScreen: false }],
    ["--workers 4 a.ts", { ...run, workers: 4 }],
    ["--workers=auto a.ts", { ...run, workers: "auto" }],
    ["--workers 1 a.ts", { ...run, workers: 1 }],
    ["--workers 1 --hot a.ts", { ...run, reload: "hot" }],
    ["--grace 10 --workers 2 a.ts", { ...run, grace: 10, workers: 2 }],
    ["--grace=0.5 a.ts", { ...run, grace: 0.5 }],
    ["run a.ts x", { ...run, isRun: true, rest: ["x"] }],
    ["--silent run --if-present a.ts", { ...run, isRun: true, isSilent: true, ifPresent: true }],
    ["run test", { ...run, isRun: true, target: "test" }],
    ["-r ./x -r./y --import=./z --require u a.ts", { ...run, preload: ["./x", "./y", "./z", "u"] }],
    ["--define A=1 -d process.env.B:2=3 a.ts", { ...run, define: { A: "1", "process.env.B": "2=3" } }],
    ["--env-file=a,b --env-file c a.ts", { ...run, envFiles: ["a,b", "c"] }],
    ["--no-env-file --cwd d a.ts", { ...run, readsEnvFiles: false, cwd: "d" }],
    ["-b --smol a.ts", { ...run, replacesNode: true, smol: true }],
    ["-l .a:text --loader=.b:ts a.ts", { ...run, loader: { ".a": "text", ".b": "ts" } }],
    [
      "--jsx-runtime=classic --jsx-factory h --jsx-fragment=F --jsx-import-source q a.ts",
      { ...run, jsx: { jsx: "react", jsxFactory: "h", jsxFragmentFactory: "F", jsxImportSource: "q" } },
    ],
    ["--console-depth=0 --tsconfig-override t.json a.ts", { ...run, consoleDepth: 0, tsconfig: "t.json" }],
    ["--shell=bun --watch-kill-signal SIGINT a.ts", { ...run, shell: "bun", killSignal: "SIGINT" }],
    ["--config a.ts --x", { ...run, rest: ["--x"] }],
    ["--config=e a.ts", { ...run, config: "e" }],
    ["-c e.toml a.ts", { ...run, config: "e.toml" }],
    [
      "--inspect --conditions x --title=y a.ts",
      { ...run, node: ["--inspect", "--conditions=x", "--title=y"] },
    ],
    ["--inspect=0 a.ts", { ...run, node: ["--inspect=0"] }],
    ["-e 1 a b", { ...evaluate, rest: ["a", "b"] }],
    ["--eval=1 --hot -- --b", { ...evaluate, reload: "hot", rest: ["--b"] }],
    ["-p 1 run", { ...evaluate, prints: true, rest: ["run"] }],
    ["-pe 1", { ...evaluate, prints: true }],
    ["- a", { ...evaluate, code: null, rest: ["a"] }],
    ["run - a", { ...evaluate, code: null, rest: ["a"] }],
    ["", { do: "help" }],
    ["run", { do: "help" }],
    ["--help a.ts", { do: "help" }],
    ["-v", { do: "version" }],
    ["--revision", { do: "revision" }],
  ])("%s", (line, command) => {
    expect(parsed(line)).toEqual(command);
  });

  it.each([
    ["--bad a.ts", "--bad"],
    ["-x a.ts", "-x"],
    ["-bx a.ts", "-x"],
    ["--port", "--port"],
    ["--port 65536 a.ts", "--port"],
    ["--port=-1 a.ts", "--port"],
    ["--port x a.ts", "--port"],
    ["--hot=1 a.ts", "--hot"],
    ["--hot --watch a.ts", "--hot"],
    ["--define A a.ts", "--define"],
    ["-l .a a.ts", "--loader"],
    ["--loader=a:text a.ts", "--loader"],
    ["--loader .a:xml a.ts", "--loader .a:xml"],
    ["--jsx-runtime=x a.ts", "--jsx-runtime"],
    ["--console-depth x a.ts", "--console-depth"],
    ["--shell zsh a.ts", "--shell"],
    ["--watch-kill-signal=TERM a.ts", "--watch-kill-signal"],
    ["-e", "--eval"],
    ["--workers 0 a.ts", "--workers"],
    ["--grace -1 a.ts", "--grace"],
    ["--grace=86401 a.ts", "--grace"],
    ["--grace 5s a.ts", '--grace must be a number of seconds from 0 to 86400, not "5s"'],
    ["--workers=1025 a.ts", "--workers"],
    ["--workers 2.5 a.ts", "--workers"],
    ["--workers -1 a.ts", "--workers"],
    ["--workers all a.ts", "--workers"],
    ["--workers 2 --hot a.ts", "--hot runs one process"],
    ["--watch --workers auto a.ts", "--watch runs one process"],
    ["--inspect=0 --workers 2 a.ts", "--inspect=0 opens one port"],
  ])("%s is refused, naming %s", (line, name) => {
    const command = parsed(line) as { do: string; message: string };
    expect(command.do).toBe("fail");
    expect(command.message).toContain(name);
  });

  /** What `bun --help` and `bun run --help` of Bun 1.4.5 list; `=` stands behind those with a value. */
  const OF_BUN = {
    taken:
      "silent version revision bun shell= watch watch-kill-signal= hot no-clear-screen smol preload= require= import= if-present eval= print= port= " +
      "loader= jsx-factory= jsx-fragment= jsx-import-source= jsx-runtime= env-file= no-env-file cwd= config= help define= tsconfig-override= console-depth=",
    byNode:
      "inspect= inspect-wait= inspect-brk= cpu-prof cpu-prof-name= cpu-prof-dir= cpu-prof-interval= heap-prof heap-prof-name= heap-prof-dir= " +
      "heap-prof-interval= conditions= max-http-header-size= dns-result-order= expose-gc no-deprecation throw-deprecation no-warnings trace-warnings " +
      "trace-deprecation pending-deprecation redirect-warnings= disable-warning= title= zero-fill-buffers use-openssl-ca use-bundled-ca " +
      "tls-min-v1.0 tls-min-v1.1 tls-min-v1.2 tls-min-v1.3 tls-max-v1.2 tls-max-v1.3 no-addons unhandled-rejections= preserve-symlinks preserve-symlinks-main",
    given:
      "elide-lines= no-install prefer-offline no-macros no-ffi-cc jsx-side-effects ignore-dce-annotations",
    idle: "install= prefer-latest fetch-preconnect= experimental-http2-fetch experimental-http3-fetch redis-preconnect sql-preconnect",
    refused:
      "filter= no-orphans workspaces parallel sequential no-exit-on-error check interactive cpu-prof-md heap-prof-md insecure-http-parser " +
      "experimental-stream-iter user-agent= cron-title= cron-period= main-fields= extension-order= drop= feature=",
  };
  const VALUES: Readonly<Record<string, string>> = {
    shell: "system",
    "watch-kill-signal": "SIGHUP",
    port: "1",
    loader: ".a:ts",
    "jsx-runtime": "automatic",
    define: "A=1",
    "console-depth": "1",
  };
  const lines = (names: string): [string, string][] =>
    names.split(" ").map((name) => {
      const bare = name.replace("=", "");
      return [`--${bare}`, name === bare ? `--${bare}` : `--${bare}=${VALUES[bare] ?? "x"}`];
    });
  interface Parsed {
    readonly do: string;
    readonly message: string;
    readonly settings: { readonly node: string[]; readonly notes: string[] };
  }
  const parse = (line: string): Parsed => parseArguments([line, "a.ts"]) as unknown as Parsed;

  it.each(lines(OF_BUN.taken))("have an effect: %s", (_, line) => {
    expect(parse(line).do).not.toBe("fail");
    if (line === "--shell=system" || line.startsWith("--jsx-runtime")) return;
    expect(parsed(`${line} a.ts`)).not.toEqual(run);
  });

  it.each(lines(OF_BUN.byNode))("are those of Node.js: %s", (_, line) => {
    expect(parse(line).settings.node).toEqual([line]);
  });

  it.each(lines(OF_BUN.given))("are so anyway: %s", (_, line) => {
    expect(parsed(`${line} a.ts`)).toEqual(run);
  });

  it.each(lines(OF_BUN.idle))("have no effect, and a line says why: %s", (name, line) => {
    expect(parse(line).settings.notes.join()).toMatch(new RegExp(`^${name} has no effect: \\w`));
  });

  it.each(lines(OF_BUN.refused))("are refused with the reason: %s", (name, line) => {
    expect(parse(line)).toMatchObject({ do: "fail" });
    expect(parse(line).message).toMatch(new RegExp(`^${name} is not there in Mantou: \\w`));
  });

  it("are those of Node.js from 22.15 on: --use-system-ca", () => {
    const isThere = process.allowedNodeEnvironmentFlags.has("--use-system-ca");
    const { do: kind, message } = parse("--use-system-ca");
    expect(kind).toBe(isThere ? "run" : "fail");
    if (!isThere) expect(message).toContain("22.15");
  });

  it("have Bun's short names", () => {
    for (const [line, name] of [
      ["-i", "--install"],
      ["-bi", "--install"],
    ] as const)
      expect(parse(line).settings.notes.join(), line).toContain(name);
    expect(parse("-Fx").message).toContain("--filter");
  });

  it("know each command of Bun that is not there", () => {
    for (const [name, instead] of ABSENT_COMMANDS)
      expect(parsed(`${name} x`)).toMatchObject({ do: "absent", name, instead, rest: ["x"] });
  });

  it("leave the terminal as it is where Bun's variable says so", () => {
    vi.stubEnv("BUN_CONFIG_NO_CLEAR_TERMINAL_ON_RELOAD", "true");
    expect(parseArguments(["--watch", "a.ts"])).toMatchObject({ settings: { clearsScreen: false } });
    vi.stubEnv("BUN_CONFIG_NO_CLEAR_TERMINAL_ON_RELOAD", "");
    expect(parseArguments(["--watch", "a.ts"])).toMatchObject({ settings: { clearsScreen: true } });
  });

  it("are all in the help", () => {
    const names =
      "port hostname backplane hot watch no-clear-screen preload require import eval print define env-file";
    const more =
      "no-env-file cwd config silent if-present bun version revision help smol install loader jsx-runtime console-depth tsconfig-override shell";
    for (const name of `${names} ${more}`.split(" ")) expect(HELP).toContain(`--${name}`);
  });
});
