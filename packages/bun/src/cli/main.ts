#!/usr/bin/env node
import { parseArguments } from "./arguments.ts";
import { environmentArguments } from "./bun-options.ts";
import { keepCompiledCode } from "./compile-cache.ts";

keepCompiledCode();

/** Other parts of the command are loaded only where they are needed: a program starts sooner. */
const command = parseArguments([
  ...environmentArguments(process.env["BUN_OPTIONS"]),
  ...process.argv.slice(2),
]);
switch (command.do) {
  case "help":
    process.stdout.write((await import("./help.ts")).HELP);
    break;
  case "version":
  case "revision":
    process.stdout.write(`${(await import("./version.ts"))[command.do]()}\n`);
    break;
  case "fail":
    // Without the help, below which the message would leave the screen.
    process.stderr.write(`mantou: ${command.message}\nmantou --help prints all options.\n`);
    process.exitCode = 2;
    break;
  case "build":
    process.exitCode = await (await import("./build.ts")).build(command.rest);
    break;
  case "absent":
    await (await import("./absent.ts")).refuse(command);
    break;
  default:
    await (await import("./run.ts")).run(command);
}
