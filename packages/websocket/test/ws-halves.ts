/** The two halves of `ws` 8, which it exports without types, and permessage-deflate as it has it. */
import { Writable } from "node:stream";
import * as ws from "ws";
import type { DeflateParams } from "../src/index.ts";
import { plain } from "./support.ts";

type WsExtensions = Record<string, unknown>;

interface SendOptions {
  readonly binary: boolean;
  readonly compress: boolean;
  readonly fin: boolean;
  readonly mask: boolean;
}

/** The half of ws that writes. */
export interface WsSender {
  send(data: string | Uint8Array, options: SendOptions, done: () => void): void;
  ping(data: Uint8Array, mask: boolean, done: () => void): void;
  pong(data: Uint8Array, mask: boolean, done: () => void): void;
  close(code: number | undefined, reason: string, mask: boolean, done: () => void): void;
}

const { Receiver, Sender, PerMessageDeflate } = ws as unknown as {
  Receiver: new (options: { isServer: boolean; maxPayload: number; extensions?: WsExtensions }) => Writable;
  Sender: new (socket: Writable, extensions?: WsExtensions) => WsSender;
  PerMessageDeflate: new (options: {
    isServer: boolean;
    maxPayload?: number;
    threshold?: number;
  }) => { accept(configurations: unknown): unknown; cleanup(): void };
};

const MAX_PAYLOAD = 16 * 1024 * 1024;

/** ws's permessage-deflate for a side that has agreed to `params`. */
function wsDeflate(role: "server" | "client", params: DeflateParams) {
  const deflate = new PerMessageDeflate({
    isServer: role === "server",
    maxPayload: MAX_PAYLOAD,
    threshold: 0,
  });
  deflate.accept([
    {
      ...(params.serverNoContextTakeover ? { server_no_context_takeover: [true] } : {}),
      ...(params.clientNoContextTakeover ? { client_no_context_takeover: [true] } : {}),
      server_max_window_bits: [String(params.serverMaxWindowBits)],
      client_max_window_bits: [String(params.clientMaxWindowBits)],
    },
  ]);
  return deflate;
}

/** The events of ws, under permessage-deflate if `params` were agreed, in the notation of `plain()`, but with the close code for an error. */
export async function wsReceives(
  role: "server" | "client",
  params: DeflateParams | null,
  pieces: readonly Uint8Array[],
): Promise<string[]> {
  const deflate = params === null ? null : wsDeflate(role, params);
  const extensions: WsExtensions = deflate === null ? {} : { "permessage-deflate": deflate };
  const receiver = new Receiver({ isServer: role === "server", maxPayload: MAX_PAYLOAD, extensions });
  const received: string[] = [];
  receiver.on("message", (data: Buffer, isBinary: boolean) => {
    received.push(
      plain(isBinary ? { type: "binary", bytes: data } : { type: "text", text: data.toString() }),
    );
  });
  receiver.on("ping", (bytes: Buffer) => received.push(plain({ type: "ping", bytes })));
  receiver.on("pong", (bytes: Buffer) => received.push(plain({ type: "pong", bytes })));
  const ended = new Promise<void>((resolve) => {
    receiver.on("conclude", (code: number, reason: Buffer) => {
      received.push(plain({ type: "close", code, reason: reason.toString() }));
      resolve();
    });
    receiver.on("error", (error) => {
      const symbol = Object.getOwnPropertySymbols(error).find((one) => one.description === "status-code");
      received.push(`error ${Reflect.get(error, symbol!)}`);
      resolve();
    });
  });
  for (const piece of pieces) {
    // A copy, since ws unmasks in place.
    const written = new Promise<void>((resolve) => receiver.write(Buffer.from(piece), () => resolve()));
    await Promise.race([written, ended]);
    if (receiver.writableEnded || receiver.destroyed) {
      await ended;
      break;
    }
  }
  deflate?.cleanup();
  return received;
}

/** The bytes that ws writes for the calls of `send`. */
export async function wsBytes(
  send: (sender: WsSender) => Promise<void>,
  extensions?: WsExtensions,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const socket = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  await send(new Sender(socket, extensions));
  return Buffer.concat(chunks);
}

/** The bytes that ws writes for binary messages, all compressed. */
export async function wsWrites(
  role: "server" | "client",
  params: DeflateParams,
  messages: readonly Uint8Array[],
): Promise<Buffer> {
  const deflate = wsDeflate(role, params);
  const options = { binary: true, compress: true, fin: true, mask: role === "client" };
  const send = async (sender: WsSender): Promise<void> => {
    for (const message of messages)
      await new Promise<void>((resolve) => sender.send(Buffer.from(message), options, resolve));
  };
  return wsBytes(send, { "permessage-deflate": deflate }).finally(() => deflate.cleanup());
}
