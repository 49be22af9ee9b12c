import { createHash } from "node:crypto";
import { frame, frameLength, readFrame } from "../load/frames.ts";
import { listenAdopting } from "./adopt.ts";
import { requestedApp } from "./announce.ts";

/**
 * An echo that reads the handshake's key and the very first message, and then counts bytes: for each
 * frame's worth of them it sends a frame made beforehand. The limit for a WebSocket server on Node's sockets.
 */
requestedApp(["echo"]);

/** RFC 6455, section 1.3. */
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Bytes of a received frame, and as many replies as one read can ask for; known from the first message on. */
let received = 0;
let replyLength = 0;
let replies: Buffer = Buffer.alloc(0);

function learn(first: Buffer): void {
  const { opcode, payload } = readFrame(first);
  const reply = frame({ opcode, compressed: false, payload });
  received = frameLength(first)!;
  replyLength = reply.length;
  replies = Buffer.concat(Array.from({ length: Math.ceil(65_536 / received) }, () => reply));
}

listenAdopting((write) => {
  let open = false;
  let first: Buffer = Buffer.alloc(0);
  let carried = 0;
  return (bytes) => {
    if (!open) {
      const key = /^sec-websocket-key: *(\S+)/im.exec(bytes.toString("latin1"))?.[1] ?? "";
      const accept = createHash("sha1")
        .update(key + guid)
        .digest("base64");
      const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}`;
      write(Buffer.from(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n\r\n`));
      open = true;
      return;
    }
    carried += bytes.length;
    if (received === 0) {
      first = Buffer.concat([first, bytes]);
      if (first.length < (frameLength(first) ?? Number.POSITIVE_INFINITY)) return;
      learn(first);
    }
    const count = Math.floor(carried / received);
    carried -= count * received;
    if (count > 0) write(replies.subarray(0, count * replyLength));
  };
});
