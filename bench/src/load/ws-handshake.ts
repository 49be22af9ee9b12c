import { createHash } from "node:crypto";

/** What a client offers: nothing, what a browser does, or that neither side remembers one message for the next. */
export type Offer = "none" | "deflate" | "deflate-alone";

const offers: Readonly<Record<Offer, string>> = {
  none: "",
  deflate: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
  "deflate-alone":
    "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n",
};

export function handshakeRequest(key: string, offer: Offer): string {
  return (
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n${offers[offer]}\r\n`
  );
}

/** The fault of the response's head (RFC 6455, section 4.2.2), or undefined. The server has to accept an offer. */
export function handshakeFault(head: string, key: string, offer: Offer): string | undefined {
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const fields = head.split("\r\n");
  const accepted = fields.some(
    (field) => /^sec-websocket-accept:/i.test(field) && field.endsWith(` ${accept}`),
  );
  if (!fields[0]?.startsWith("HTTP/1.1 101 ") || !accepted) {
    return `the response to the handshake is ${fields[0]}`;
  }
  const chosen = /^sec-websocket-extensions: *(.*)$/im.exec(head)?.[1]?.trim();
  if (offer === "none") {
    return chosen === undefined ? undefined : "the server chose an extension that was not offered";
  }
  const [name, ...parameters] = (chosen ?? "").split(";").map((part) => part.trim());
  if (name !== "permessage-deflate") return `the server did not accept permessage-deflate: ${chosen}`;
  if (offer === "deflate-alone" && !parameters.includes("server_no_context_takeover")) {
    return `the server did not accept server_no_context_takeover: ${chosen}`;
  }
  return undefined;
}
