import { Buffer } from "node:buffer";
import { type AddressInfo, createServer, type Socket } from "node:net";
import {
  acceptDeflate,
  acceptHeaders,
  Connection,
  checkUpgrade,
  type DeflateOptions,
  type DeflateParams,
  type Limits,
  type MessageCodec,
  PerMessageDeflate,
} from "@mantou/websocket";
import { type Frame, writeFrame } from "@mantou/websocket/arbitraries";
import { FrameReader, type ReceivedFrame } from "../../src/exchange/frame-reader.ts";

/** What a fault may know of a connection, and keep for it. */
export interface FaultState {
  /** A message of the client has begun and not ended. */
  isOpen: boolean;
  /** permessage-deflate was agreed. */
  readonly isDeflate: boolean;
  /** The payload of the client's Close frame. */
  closePayload: Uint8Array;
  hangs: boolean;
}

type Frames = Frame | readonly Frame[];

/** What one planted fault does to a WebSocket echo that has none. Text is latin1: a character is a byte. */
export interface WebSocketFault {
  /** Changes packets of the handshake. */
  readonly head?: (text: string) => string;
  /** Changes the handshake before it is read. */
  readonly request?: (text: string) => string;
  /** Changes the response to it. */
  readonly response?: (text: string, request: string) => string;
  /** Changes packets behind the handshake. */
  readonly packet?: (bytes: Buffer, state: FaultState) => Buffer;
  /** Changes a frame of the client before it is read. */
  readonly incoming?: (frame: Frame, state: FaultState) => Frames;
  /** Changes the frames that leave together. */
  readonly outgoing?: (frames: readonly Frame[], state: FaultState) => readonly Frame[];
  /** Changes what was agreed about compression, behind the client's back. */
  readonly params?: Partial<DeflateParams>;
  /** Changes the codec. */
  readonly codec?: (codec: PerMessageDeflate) => MessageCodec;
  readonly limits?: Partial<Limits>;
  /** The connection stays open where it is to be closed. */
  readonly staysOpen?: "closed" | "failed";
  /** What it echoes. */
  readonly echo?: (message: string | Buffer) => string | Buffer | null;
  /** Content of the handshake is read as frames. */
  readonly readsContent?: boolean;
  /** The client's end is not seen. */
  readonly hangsAtEnd?: boolean;
}

export interface WebSocketServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A small strict echo, with one fault planted in it or none. */
export async function startWebSocketServer(fault: WebSocketFault = {}): Promise<WebSocketServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    new EchoSocket(socket, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

class EchoSocket {
  readonly #socket: Socket;
  readonly #fault: WebSocketFault;
  readonly #incoming = new FrameReader();
  readonly #outgoing = new FrameReader();
  #head = "";
  #connection: Connection | null = null;
  #pending: Buffer[] = [];
  #state: FaultState = { isOpen: false, isDeflate: false, closePayload: Buffer.alloc(0), hangs: false };

  constructor(socket: Socket, fault: WebSocketFault) {
    this.#socket = socket;
    this.#fault = fault;
    socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    socket.on("end", () => {
      if (fault.hangsAtEnd !== true) socket.end();
    });
  }

  #receive(bytes: Buffer): void {
    if (this.#connection !== null) {
      this.#frames(bytes);
      return;
    }
    const text = bytes.toString("latin1");
    this.#head += this.#fault.head?.(text) ?? text;
    const end = this.#head.indexOf("\r\n\r\n");
    if (end !== -1)
      this.#open(this.#head.slice(0, end + 4), Buffer.from(this.#head.slice(end + 4), "latin1"));
  }

  #open(request: string, behind: Buffer): void {
    const fault = this.#fault;
    const { response, params, accepted } = handshakeOf(fault.request?.(request) ?? request);
    this.#socket.write(fault.response?.(response, request) ?? response, "latin1");
    if (!accepted) {
      this.#socket.end();
      return;
    }
    const codec =
      params === null ? null : new PerMessageDeflate("server", { ...params, ...fault.params }, DEFLATE);
    this.#state = { ...this.#state, isDeflate: codec !== null };
    this.#connection = new Connection({
      role: "server",
      output: {
        text: (text) => this.#pending.push(Buffer.from(text, "latin1")),
        bytes: (chunk) => this.#pending.push(Buffer.from(chunk)),
      },
      ...(codec === null ? {} : { codec: fault.codec?.(codec) ?? codec }),
      ...(fault.limits === undefined ? {} : { limits: fault.limits }),
    });
    const hasContent = /^(?:content-length|transfer-encoding):/im.test(request);
    if (!hasContent || fault.readsContent === true) this.#frames(behind);
  }

  #frames(bytes: Buffer): void {
    const connection = this.#connection!;
    const { incoming, packet, echo } = this.#fault;
    const state = this.#state;
    const changed = packet?.(bytes, state) ?? bytes;
    if (state.hangs) return;
    connection.receive(incoming === undefined ? changed : this.#changed(changed, incoming));
    for (let event = connection.next(); event !== null; event = connection.next()) {
      if (event.type !== "text" && event.type !== "binary") continue;
      const message = event.type === "text" ? event.text : event.bytes;
      const reply = echo === undefined ? message : echo(message);
      if (typeof reply === "string") connection.text(reply);
      else if (reply !== null) connection.binary(reply);
    }
    this.#flush();
    const { state: now } = connection;
    if ((now === "closed" || now === "failed") && this.#fault.staysOpen !== now) this.#socket.end();
  }

  #changed(bytes: Buffer, change: NonNullable<WebSocketFault["incoming"]>): Buffer {
    const written: Buffer[] = [];
    for (const received of this.#incoming.push(bytes)) {
      const frame = unmasked(received);
      if (frame.opcode === 8) this.#state.closePayload = frame.payload;
      const frames = change(frame, this.#state);
      for (const one of Array.isArray(frames) ? (frames as readonly Frame[]) : [frames as Frame]) {
        written.push(writeFrame(one));
        if (one.opcode < 8) this.#state.isOpen = !one.fin;
      }
    }
    return Buffer.concat(written);
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#pending.splice(0));
    const { outgoing } = this.#fault;
    const frames = outgoing?.(this.#outgoing.push(bytes).map(unmasked), this.#state);
    const sent = frames === undefined ? bytes : Buffer.concat(frames.map(writeFrame));
    if (sent.length > 0 && this.#socket.writable) this.#socket.write(sent);
  }
}

/** A received frame in the form that can be written again. */
function unmasked({ fin, rsv, opcode, payload, bytes }: ReceivedFrame): Frame {
  const isMasked = bytes[1]! >= 128;
  const payloadAt = bytes.length - payload.length;
  const maskKey = isMasked ? bytes.subarray(payloadAt - 4, payloadAt) : null;
  const short = bytes[1]! & 127;
  const isMinimal = short < 126 || (short === 126 && payload.length > 125) || payload.length > 65_535;
  return {
    fin,
    rsv,
    opcode,
    maskKey,
    payload: maskKey === null ? payload : payload.map((byte, i) => byte ^ maskKey[i % 4]!),
    ...(isMinimal ? {} : { lengthBits: short === 126 ? 16 : 64 }),
  };
}

const DEFLATE: DeflateOptions = { compress: "dedicated", decompress: "dedicated" };

/** The response to a handshake, and what was agreed. */
function handshakeOf(request: string): {
  readonly response: string;
  readonly accepted: boolean;
  readonly params: DeflateParams | null;
} {
  const [line = "", ...lines] = request.split("\r\n");
  const values = new Map<string, string>();
  for (const text of lines) {
    const at = text.indexOf(":");
    if (at === -1) continue;
    const name = text.slice(0, at).toLowerCase();
    const before = values.get(name);
    const value = text.slice(at + 1).trim();
    values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const [method = "", , version = ""] = line.split(" ");
  const result = checkUpgrade({
    method,
    versionMinor: version === "HTTP/1.1" ? 1 : 0,
    header: (name) => values.get(name) ?? null,
  });
  if (!result.ok) {
    const fields = [...pairs(result.headers), "Content-Length: 0", "Connection: close"];
    return { response: headOf(`${result.status} No`, fields), accepted: false, params: null };
  }
  const deflate = acceptDeflate(result.extensions, DEFLATE);
  const fields = pairs(acceptHeaders(result.key, result.protocols[0] ?? null));
  if (deflate !== null) fields.push(`Sec-WebSocket-Extensions: ${deflate.header}`);
  return {
    response: headOf("101 Switching Protocols", fields),
    accepted: true,
    params: deflate?.params ?? null,
  };
}

function pairs(list: readonly string[]): string[] {
  return list.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${list[i + 1]}`] : []));
}

const headOf = (status: string, fields: readonly string[]) =>
  `HTTP/1.1 ${status}\r\n${fields.join("\r\n")}\r\n\r\n`;
