import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { listStatements, onLogin, onReady } from "../../src/sql/postgres/messages.ts";

function message(type: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.from([type.charCodeAt(0), 0, 0, 0, 0]);
  head.writeUInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

/** Calls the function for a stream that brings the bytes in pieces of a size. */
function inPieces<T>(bytes: Buffer, size: number, run: (socket: Socket) => T): T {
  const stream = new PassThrough();
  const result = run(stream as unknown as Socket);
  for (let at = 0; at < bytes.length; at += size) stream.emit("data", bytes.subarray(at, at + size));
  return result;
}

const SIZES = [1, 2, 3, 5, 7, 64, 1 << 20];

it.each(SIZES)("lists statements with their tags, in pieces of %d bytes", (size) => {
  // A row holds what looks like the end of a statement.
  const row = Buffer.concat([message("C", "DELETE 9\0"), Buffer.alloc(3000, "C")]);
  const bytes = Buffer.concat([
    message("T", Buffer.alloc(2000)),
    message("D", row),
    message("C", "SELECT 1\0"),
    message("C", "INSERT 0 2\0"),
    message("Z", "I"),
  ]);
  expect(inPieces(bytes, size, listStatements)()).toEqual([
    { tag: "SELECT 1", hasRows: true },
    { tag: "INSERT 0 2", hasRows: false },
  ]);
});

it.each(SIZES)("tells of a login, in pieces of %d bytes", (size) => {
  let logins = 0;
  const bytes = Buffer.concat([
    message("R", "\0\0\0\0"),
    message("S", "a\0b\0"),
    message("K", "12345678"),
    message("K", ""),
  ]);
  inPieces(bytes, size, (socket) => onLogin(socket, () => logins++));
  expect(logins).toBe(1);
});

it.each(SIZES)("tells whether the session is inside a transaction, in pieces of %d bytes", (size) => {
  const told: boolean[] = [];
  const bytes = Buffer.concat([
    message("Z", "I"),
    // What looks like the message, at the end of a row.
    message("D", Buffer.concat([Buffer.alloc(3000, "x"), message("Z", "I")])),
    message("C", "ROLLBACK\0"),
    message("Z", "T"),
    message("N", "a notice behind it"),
    message("E", "an error"),
    message("Z", "E"),
    message("Z", "I"),
  ]);
  inPieces(bytes, size, (socket) => onReady(socket, (inTransaction) => told.push(inTransaction)));
  expect(told).toEqual([false, true, true, false]);
});

it("keeps no row: one of 64 MB in pieces costs no more than its bytes", () => {
  const stream = new PassThrough();
  const statements = listStatements(stream as unknown as Socket);
  const piece = Buffer.alloc(1 << 16);
  const head = Buffer.from([0x44, 4, 0, 0, 4]);
  stream.emit("data", head);
  for (let sent = 0; sent < 1 << 26; sent += piece.length) stream.emit("data", piece);
  stream.emit("data", message("C", "SELECT 1\0"));
  expect(statements()).toEqual([{ tag: "SELECT 1", hasRows: false }]);
});
