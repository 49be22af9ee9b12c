import { Buffer } from "node:buffer";
import { type Frame, writeFrame } from "@mantou/websocket/arbitraries";
import type { Site } from "../../../src/rules/rule.ts";
import { closePayload, frame, handshake } from "../../../src/rules/websocket/frames.ts";
import type { WebSocketFault } from "../websocket-server.ts";

/** A fault, the rule that must find it, and the number of bytes of the shortest input that shows it, by hand for the host `h`. */
export interface PlantedFault extends WebSocketFault {
  readonly name: string;
  readonly rule: string;
  readonly shortest: (h: string) => number;
}

export const site = (host: string): Site => ({ host, tls: false, path: "/", method: "GET", echo: null });
/** The handshake, with these changes of its lines. */
export const opening =
  (change: (text: string) => string = (text) => text) =>
  (host: string): number =>
    change(handshake(site(host))).length;
export const without = (name: string) =>
  opening((text) => text.replace(new RegExp(`^${name}:.*\r\n`, "m"), ""));
/** The handshake, with an offer of permessage-deflate, and frames. */
export const sending =
  (frames: readonly Partial<Frame>[], offer: string | null = null) =>
  (host: string): number =>
    handshake(site(host), offer === null ? [] : [`Sec-WebSocket-Extensions: ${offer}`]).length +
    frames.reduce((sum, parts) => sum + writeFrame(frame(parts)).length, 0);

export const DEFLATE = "permessage-deflate";
export const ZEROS = Uint8Array.of(0, 0, 0, 0);
export const a = Buffer.from("a");
export const [TEXT, BINARY, CLOSE, PING, PONG] = [1, 2, 8, 9, 10];
export const canary: Partial<Frame> = { opcode: PING, payload: Buffer.from("end") };
export const line = (name: string, value: string) => (text: string) =>
  new RegExp(`^${name}:`, "m").test(text)
    ? text.replace(new RegExp(`^(${name}:).*\r`, "m"), `$1 ${value}\r`)
    : text.replace(/\r\n\r\n$/, `\r\n${name}: ${value}\r\n\r\n`);
export const each = (change: (frame: Frame) => Frame) => (frames: readonly Frame[]) => frames.map(change);
export const codeOf = ({ opcode, payload }: Frame) =>
  opcode === CLOSE && payload.length > 1 ? Buffer.from(payload).readUInt16BE(0) : null;
export const recoded = (from: number, to: number) =>
  each((one) => (codeOf(one) === from ? { ...one, payload: closePayload(to) } : one));
/** The client's Close payload comes back, if it is such a one. */
export const echoesClose = (isSuch: (payload: Uint8Array) => boolean): WebSocketFault => ({
  incoming: (one) => one,
  outgoing: (frames, { closePayload: payload }) =>
    frames.map((one) => (one.opcode === CLOSE && isSuch(payload) ? { ...one, payload } : one)),
});
export const codeIn = (payload: Uint8Array) =>
  payload.length < 2 ? 0 : Buffer.from(payload).readUInt16BE(0);
export const hangs = (isSuch: (bytes: Buffer) => boolean): WebSocketFault => ({
  packet: (bytes, state) => {
    state.hangs ||= isSuch(bytes);
    return bytes;
  },
});
