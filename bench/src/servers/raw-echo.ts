import { createHash } from "node:crypto";
import { listenAdopting } from "./adopt.ts";
import { requestedApp } from "./announce.ts";

/**
 * An echo that reads the handshake's key and nothing after it: it counts bytes, and for each frame's worth of them
 * sends a frame made beforehand. The limit for a WebSocket server on Node's sockets.
 */
requestedApp(["echo"]);

/** The echo scenarios' message, as the load sends it: 2 bytes of header, 4 of mask, 64 of text. */
const payload = 64;
const received = 2 + 4 + payload;
const frame = Buffer.concat([Buffer.from([0x81, payload]), Buffer.alloc(payload, "m")]);
const frames = Buffer.concat(Array.from({ length: Math.ceil(65_536 / received) }, () => frame));

/** RFC 6455, section 1.3. */
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

listenAdopting((socket) => {
  let open = false;
  let carried = 0;
  return (bytes) => {
    if (!open) {
      const key = /^sec-websocket-key: *(\S+)/im.exec(bytes.toString("latin1"))?.[1] ?? "";
      const accept = createHash("sha1")
        .update(key + guid)
        .digest("base64");
      const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}`;
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n\r\n`);
      open = true;
      return;
    }
    const available = carried + bytes.length;
    const count = Math.floor(available / received);
    carried = available - count * received;
    if (count > 0) socket.write(frames.subarray(0, count * frame.length));
  };
});
