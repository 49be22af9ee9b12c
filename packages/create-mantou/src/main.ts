#!/usr/bin/env node
import process from "node:process";
import { createInterface } from "node:readline/promises";
import type { Ask } from "./ask.ts";
import { runCommand } from "./command.ts";

const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;

const ask: Ask = async (question) => {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<null>((resolve) => lines.once("close", () => resolve(null)));
  try {
    return await Promise.race([lines.question(question).catch(() => null), ended]);
  } finally {
    lines.close();
  }
};

process.exitCode = await runCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
  ask: isTerminal ? ask : null,
  userAgent: process.env["npm_config_user_agent"],
});
