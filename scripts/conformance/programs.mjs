// How programs of this machine are found, asked for their versions, and started with the endpoints of examples/conformance.
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const examples = fileURLToPath(new URL("../../examples/conformance/", import.meta.url));
/** Debian's Python, whose packages are those of apt-get. */
export const PYTHON = "/usr/bin/python3";

/** The first of the programs that is there. */
export function which(...names) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  for (const name of names) {
    if (name.startsWith("/")) {
      if (existsSync(name)) return name;
      continue;
    }
    const folder = folders.find((one) => existsSync(join(one, name)));
    if (folder !== undefined) return join(folder, name);
  }
  return null;
}

/** What a program says of its version, or an empty string; null if it is not there, or fails. */
export function says(program, args, pattern) {
  if (program === null) return null;
  try {
    const text = execFileSync("/bin/sh", ["-c", '"$0" "$@" 2>&1', program, ...args], { encoding: "utf8" });
    return pattern.exec(text)?.[1] ?? "";
  } catch (error) {
    return pattern.exec(String(error.stdout))?.[1] ?? null;
  }
}

/** The version of one of its packages, or its own. */
export const pythonVersion = (name) =>
  says(
    which(PYTHON),
    [
      "-c",
      name === null
        ? 'import platform; print("version", platform.python_version())'
        : `import importlib.metadata as m; print("version", m.version("${name}"))`,
    ],
    /^version (\S+)/m,
  );

/** The version of a package of the workspace. */
export const installedVersion = (name) => createRequire(import.meta.url)(`${name}/package.json`).version;

export function file(folder, name, text) {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

export function program(name, version, command, args, more = {}) {
  return {
    name,
    version,
    start: ({ port }) => ({
      command,
      args: args(port),
      cwd: examples,
      ...more,
      env: { PORT: String(port), ...more.env },
    }),
  };
}

/** Servers of ASGI, with an application of examples/conformance. */
export const asgiServers = (application) => [
  program("Uvicorn with h11", pythonVersion("uvicorn"), PYTHON, (port) => [
    "-m",
    "uvicorn",
    "--port",
    String(port),
    "--http",
    "h11",
    "--log-level",
    "critical",
    application,
  ]),
  program("Hypercorn", pythonVersion("hypercorn"), PYTHON, (port) => [
    "-m",
    "hypercorn",
    "--bind",
    `127.0.0.1:${port}`,
    application,
  ]),
];
