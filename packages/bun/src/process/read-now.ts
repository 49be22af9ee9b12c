/** The bytes of a process's input, for `spawnSync`: before it returns. */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { fileRange, fileSource, heldBytes, isFileBlob } from "@mantou/serve/hosting";
import { wrongType } from "../base/argument-error.ts";
import { PlainWorker } from "../base/plain-worker.ts";
import type { InputSource } from "./stdio.ts";

/** @throws TypeError for a body whose bytes are not there yet; the operating system's errors for a file */
export function readNow(source: Exclude<InputSource, null>): Uint8Array {
  if (source instanceof Uint8Array) return source;
  if (isFileBlob(source)) {
    const bytes = readFileSync(fileSource(source));
    const { start, end } = fileRange(source, bytes.length);
    return bytes.subarray(start, end);
  }
  if (source instanceof Blob) return readBlob(source);
  const held = source instanceof Response ? heldBytes(source) : null;
  if (held === null) throw wrongType("ReadableStream cannot be used in sync mode");
  return typeof held === "string" ? Buffer.from(held) : held;
}

/** Posts the bytes of the Blob to the port, and wakes the thread that waits for them. */
const READER = `
  const { blob, port, signal } = require("node:worker_threads").workerData;
  blob.arrayBuffer().then((bytes) => port.postMessage(bytes, [bytes]), () => port.postMessage(null)).then(() => {
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
  });`;

/** A Blob of the platform gives its bytes by a promise alone: another thread waits for it. */
function readBlob(blob: Blob): Uint8Array {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { blob, port: port2, signal };
  const reader = new PlainWorker(READER, { eval: true, execArgv: [], workerData, transferList: [port2] });
  Atomics.wait(signal, 0, 0);
  const bytes = receiveMessageOnPort(port1)?.message as ArrayBuffer | null | undefined;
  port1.close();
  reader.unref();
  if (!(bytes instanceof ArrayBuffer)) throw wrongType("The Blob of 'stdin' cannot be read");
  return new Uint8Array(bytes);
}
