import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tempDir } from "@mantou/testing/temp-dir";
import { until } from "@mantou/testing/wait";
import { afterEachTest } from "../../../../vitest.after-each.ts";

const dist = (name: string): string => JSON.stringify(new URL(`../../dist/${name}`, import.meta.url).href);

const groups = new Set<ChildProcess>();

// Workers are in the group of the process that has started them.
afterEachTest(() => {
  for (const { pid } of groups) {
    try {
      process.kill(-pid!, "SIGKILL");
    } catch {}
  }
  groups.clear();
});

/** A server of one worker, as its program prints it. */
export interface Printed {
  readonly pid: number;
  readonly worker: number;
  readonly [name: string]: unknown;
}

/** A program in a process group of its own, and its output. */
export class ProcessRun {
  output = "";
  /** Undefined until it has ended, and all its output is here. */
  code: number | null | undefined;
  readonly child: ChildProcess;

  constructor(
    file: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    descriptors: number[] = [],
  ) {
    this.child = spawn(file, args, {
      stdio: ["ignore", "pipe", "pipe", ...descriptors],
      env: { ...process.env, ...env },
      detached: true,
    });
    groups.add(this.child);
    for (const stream of [this.child.stdout, this.child.stderr])
      stream!.on("data", (bytes) => (this.output += String(bytes)));
    // Behind "exit" some of the output may still be on its way.
    this.child.on("close", (code) => {
      this.code = code;
    });
  }

  /** The lines of JSON in its output. */
  get printed(): Printed[] {
    return this.output
      .split("\n")
      .slice(0, -1)
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Printed);
  }

  /** Waits until so many lines of JSON have been printed. */
  async prints(count: number): Promise<Printed[]> {
    await until(
      () => this.printed.length >= count || this.code !== undefined,
      `${count} lines in ${this.output}`,
    );
    return this.printed;
  }

  says(text: string): Promise<void> {
    return until(() => this.output.includes(text), `${text} in ${this.output}`);
  }

  async ends(): Promise<number | null> {
    await until(() => this.code !== undefined, `the end of ${this.output}`);
    return this.code!;
  }
}

/** A folder with a program for workers, and one that runs it. */
export class WorkerFolder {
  readonly path: string = tempDir();
  readonly server: string = join(this.path, "server.mjs");
  readonly primary: string = join(this.path, "primary.mjs");

  /** Writes the program of the workers, with `serve` in scope. */
  write(source: string): void {
    this.writeAs("server.mjs", source);
  }

  /** Writes another program, with `serve` in scope. */
  writeAs(name: string, source: string): void {
    writeFileSync(join(this.path, name), `import { serve } from ${dist("index.js")};\n${source}`);
  }

  /** Installs a package of this repository, as it is built. */
  install(name: string): void {
    const modules = join(this.path, "node_modules/@mantou");
    mkdirSync(modules, { recursive: true });
    symlinkSync(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), join(modules, name));
  }

  /** @param options of `runWorkers`, as JavaScript */
  run(options = "{ workers: 2 }", env: NodeJS.ProcessEnv = {}): ProcessRun {
    this.writePrimary(options);
    // What it leaves there when a test kills it goes with this folder.
    return new ProcessRun(process.execPath, [this.primary], { ...env, TMPDIR: this.path });
  }

  writePrimary(options: string): void {
    writeFileSync(
      this.primary,
      `import { runWorkers } from ${dist("workers.js")};
       process.exitCode = await runWorkers(new URL("server.mjs", import.meta.url), ${options}).ended;`,
    );
  }
}

/** Why a connection has got no response. */
export interface Lost {
  readonly lost: string;
}

/** One request over a connection of its own: the body of the response. */
export function askOnce(target: net.NetConnectOpts, path = "/"): Promise<string | Lost> {
  return new Promise((resolve) => {
    let received = "";
    let error = "closed";
    const socket = net.connect(target);
    socket.on("connect", () => socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`));
    socket.on("data", (bytes) => (received += String(bytes)));
    socket.on("error", (each: NodeJS.ErrnoException) => (error = each.code ?? each.message));
    socket.on("close", () => {
      const [head, body] = received.split("\r\n\r\n");
      resolve(head!.startsWith("HTTP/1.1 200") ? body! : { lost: `${error}: ${received}` });
    });
  });
}

/** Clients that ask again and again, each time over a new connection. */
export class Load {
  responses = 0;
  readonly lost: string[] = [];
  #stopped = false;
  readonly #clients: Promise<void>[];

  constructor(target: net.NetConnectOpts, clients = 3) {
    this.#clients = Array.from({ length: clients }, () => this.#ask(target));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#clients);
  }

  async #ask(target: net.NetConnectOpts): Promise<void> {
    while (!this.#stopped) {
      const got = await askOnce(target);
      if (typeof got === "string") this.responses++;
      else this.lost.push(got.lost);
      // The load is small: starting processes has this machine's processors to itself.
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
