import { openSync, read, readFileSync } from "node:fs";
import { listenAdopting, type Write } from "./adopt.ts";
import { requestedApp } from "./announce.ts";
import { benchFile, fileSizes } from "./files.ts";

/**
 * A response whose bytes were read before, and one that is read piece by piece into memory that is used again: the limits for small files
 * and large ones, since Node.js has no `sendfile`.
 */
requestedApp(["file"]);

/** Half of what a core's cache has: a larger piece has left it before it is written. */
const pieceBytes = 512 * 1024;
/** Larger files are read for each request. */
const keptBytes = 2 ** 20;

function headOf(bytes: number): Buffer {
  return Buffer.from(
    "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n" +
      `Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: ${bytes}\r\n\r\n`,
  );
}

type Respond = (write: Write) => void;

function respondKept(bytes: number): Respond {
  const response = Buffer.concat([headOf(bytes), readFileSync(benchFile(bytes))]);
  return (write) => write(response);
}

function respondRead(bytes: number): Respond {
  const file = openSync(benchFile(bytes), "r");
  return (write) => {
    const memory = Buffer.allocUnsafeSlow(pieceBytes);
    const readFrom = (position: number): void => {
      read(file, memory, 0, pieceBytes, position, (error, count) => {
        if (error !== null) throw error;
        if (count > 0) write(memory.subarray(0, count), () => readFrom(position + count));
      });
    };
    write(headOf(bytes), () => readFrom(0));
  };
}

const responses = new Map(
  Object.entries(fileSizes).map(([path, bytes]) => {
    return [path, bytes > keptBytes ? respondRead(bytes) : respondKept(bytes)] as const;
  }),
);

listenAdopting((write) => (bytes) => {
  // The load sends one request after the other.
  const [, path = ""] = bytes.toString("latin1", 0, bytes.indexOf("\r")).split(" ");
  responses.get(path)?.(write);
});
