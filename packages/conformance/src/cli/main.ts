#!/usr/bin/env node
import process from "node:process";
import { runCommand } from "./run-command.ts";

// What reads the report may stop before its end.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
process.exitCode = await runCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(`${text}\n`),
  progress: process.stderr.isTTY === true ? (text) => process.stderr.write(`\r\x1b[K${text}`) : null,
});
