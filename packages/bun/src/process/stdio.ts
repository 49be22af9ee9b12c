/** What a process's descriptors are: those of Node.js, and what this process sends to its input. */
import { closeSync, constants, openSync } from "node:fs";
import { Readable } from "node:stream";
import { fileSource, isFileBlob, isWholeFile } from "@mantou/serve/hosting";
import { argumentError, wrongType } from "../base/argument-error.ts";
import { viewOf } from "../base/bytes.ts";
import { notThere } from "../base/missing.ts";
import type { SpawnOptions } from "./types.ts";

/** A value of Node's option `stdio`. */
export type Slot = "pipe" | "inherit" | "ignore" | number;

/** What goes into a process's input: null for nothing of ours. */
export type InputSource = Uint8Array | Blob | Response | Request | ReadableStream | null;

export interface StdioPlan {
  readonly slots: Slot[];
  /** The descriptors that the caller gave, each at its place. */
  readonly given: readonly (number | undefined)[];
  readonly input: InputSource;
  /** Closes the files that were opened for the process, which has its own descriptors. */
  close(): void;
}

const FIRST = "stdio must be an array of 'inherit', 'pipe', 'ignore', Bun.file(pathOrFd), number, or null";
const OTHER = "stdio must be an array of 'inherit', 'ignore', or null";

/** @throws TypeError for values that are no descriptor; the operating system's errors for files */
export function planStdio(options: SpawnOptions, standardError: Slot, isSync: boolean): StdioPlan {
  const { stdio } = options;
  if (stdio !== undefined && stdio !== null && !Array.isArray(stdio))
    throw wrongType("stdio must be an array");
  const values = (stdio ?? [options.stdin, options.stdout, options.stderr]) as unknown[];
  const [first, second, third, ...more] = values;
  const opened: number[] = [];
  const close = (): void => {
    for (const descriptor of opened.splice(0)) closeSync(descriptor);
  };
  const open: Open = (path, flags) => {
    const descriptor = openSync(path, flags);
    opened.push(descriptor);
    return descriptor;
  };
  try {
    const { slot, input } = planInput(first, open, isSync);
    const slots = [slot, planOutput(second, "pipe", open), planOutput(third, standardError, open)];
    for (const [at, value] of more.entries()) {
      if (value === "pipe" || value === "socket-fd") {
        throw notThere(`"${value}" as stdio[${at + 3}] of Bun.spawn`, "a descriptor, or the option ipc");
      }
      slots.push(planOutput(value, "ignore", open));
    }
    const given = values.map((value) => (typeof value === "number" ? value : undefined));
    return { slots, given, input, close };
  } catch (error) {
    close();
    throw error;
  }
}

type Open = (path: string, flags: number) => number;

/** Bun leaves what the file had behind the new output. */
const WRITING = constants.O_WRONLY | constants.O_CREAT;

function planInput(given: unknown, open: Open, isSync: boolean): { slot: Slot; input: InputSource } {
  const value = isAsyncSource(given) ? new Response(given as unknown as ReadableStream).body : given;
  if (value instanceof ReadableStream) {
    if (isSync) throw wrongType("'stdin' ReadableStream cannot be used in sync mode");
    if (isUsed(value)) {
      throw argumentError("The ReadableStream of 'stdin' has already been used", "ERR_INVALID_STATE");
    }
    return { slot: "pipe", input: value };
  }
  if (isFileBlob(value) && isWholeFile(value)) {
    return { slot: descriptorOf(fileSource(value), constants.O_RDONLY, open), input: null };
  }
  if (value instanceof Blob) return { slot: "pipe", input: value };
  if (value instanceof Response || value instanceof Request) {
    if (value.bodyUsed) {
      throw argumentError("Body already used", "ERR_BODY_ALREADY_USED");
    }
    // A look at the body would make a stream of bytes that are at hand.
    if (isSync) return { slot: "pipe", input: value };
    if (value.body === null) return { slot: "ignore", input: null };
    if (value.body.locked) throw argumentError("The body of 'stdin' is locked", "ERR_BODY_ALREADY_USED");
    return { slot: "pipe", input: value };
  }
  const bytes = viewOf(value);
  if (bytes !== null) return { slot: "pipe", input: new Uint8Array(bytes) };
  return { slot: simpleSlot(value, "ignore"), input: null };
}

/** Whether nothing of ours can read the whole stream. */
function isUsed(stream: ReadableStream): boolean {
  return stream.locked || Readable.isDisturbed(stream as unknown as Readable);
}

/** Whether it is an async iterable, or a function that gives one: a response's body is made of it, too. */
function isAsyncSource(value: unknown): boolean {
  if (typeof value === "function") return true;
  if (value instanceof ReadableStream || value instanceof Response || value instanceof Request) return false;
  return (
    typeof (value as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator] ===
    "function"
  );
}

function planOutput(value: unknown, byDefault: Slot, open: Open): Slot {
  if (isFileBlob(value)) return descriptorOf(fileSource(value), WRITING, open);
  if (value instanceof Blob) throw wrongType("Blobs are immutable, and cannot be used for stdout/stderr");
  if (ArrayBuffer.isView(value)) throw wrongType("ArrayBufferView cannot be used for stdout/stderr yet");
  return simpleSlot(value, byDefault);
}

function descriptorOf(source: string | number, flags: number, open: Open): number {
  return typeof source === "number" ? source : open(source, flags);
}

function simpleSlot(value: unknown, byDefault: Slot): Slot {
  if (value === undefined) return byDefault;
  if (value === null) return "ignore";
  if (value === "pipe" || value === "inherit" || value === "ignore") return value;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw wrongType(typeof value === "string" ? FIRST : OTHER);
}
