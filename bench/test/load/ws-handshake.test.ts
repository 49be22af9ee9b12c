import { describe, expect, it } from "vitest";
import { handshakeFault, handshakeRequest, type Offer } from "../../src/load/ws-handshake.ts";

/** RFC 6455, section 1.3. */
const key = "dGhlIHNhbXBsZSBub25jZQ==";
const accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

function fault(offer: Offer, extensions?: string, rest: { status?: string; accept?: string } = {}): unknown {
  const fields = [
    `HTTP/1.1 ${rest.status ?? "101 Switching Protocols"}`,
    `sec-websocket-accept: ${rest.accept ?? accept}`,
    ...(extensions === undefined ? [] : [`Sec-WebSocket-Extensions: ${extensions}`]),
  ];
  return handshakeFault(fields.join("\r\n"), key, offer);
}

describe("handshakeRequest", () => {
  it("makes the offer of its argument", () => {
    expect(handshakeRequest(key, "none")).not.toContain("Extensions");
    expect(handshakeRequest(key, "none")).toMatch(/^GET \/ HTTP\/1.1\r\n(?:.+\r\n)+\r\n$/);
    expect(handshakeRequest(key, "deflate")).toContain("permessage-deflate; client_max_window_bits\r\n\r\n");
    expect(handshakeRequest(key, "deflate-alone")).toContain(
      "permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n\r\n",
    );
  });
});

describe("handshakeFault", () => {
  it("finds no fault in a correct response", () => {
    expect(fault("none")).toBeUndefined();
    expect(fault("deflate", "permessage-deflate")).toBeUndefined();
    expect(
      fault("deflate-alone", "permessage-deflate; server_no_context_takeover;client_no_context_takeover"),
    ).toBeUndefined();
  });

  it("says what is wrong", () => {
    expect(fault("none", undefined, { status: "200 OK" })).toContain(
      "the response to the handshake is HTTP/1.1 200 OK",
    );
    expect(fault("none", undefined, { accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOp=" })).toContain(
      "the response to the handshake is",
    );
    expect(fault("none", "permessage-deflate")).toContain("not offered");
    expect(fault("deflate")).toContain("did not accept permessage-deflate");
    expect(fault("deflate", "x-webkit-deflate-frame")).toContain("did not accept permessage-deflate");
    expect(fault("deflate-alone", "permessage-deflate")).toContain("server_no_context_takeover");
  });
});
