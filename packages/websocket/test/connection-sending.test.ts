import { describe, expect, it } from "vitest";
import { prepareMessage } from "../src/index.ts";
import { side } from "./support.ts";

describe("prepared messages", () => {
  it("are the same frames that a server sends", () => {
    for (const data of ["", "ascii", "é", "x".repeat(5000), "é".repeat(5000)]) {
      const [one, other] = [side("server"), side("server")];
      one.connection.prepared(prepareMessage(data));
      other.connection.text(data);
      expect(one.sink.flush().equals(other.sink.flush())).toBe(true);
    }
  });

  it("cannot be sent by a client", () => {
    const { connection } = side("client");
    expect(() => connection.prepared(prepareMessage("x"))).toThrow(TypeError);
  });
});

describe("a client's masking keys (RFC 6455 §5.3)", () => {
  it("are random unless they are given", () => {
    const { connection, sink } = side("client");
    for (let i = 0; i < 20; i++) connection.ping();
    const sent = sink.flush();
    const keys = Array.from({ length: 20 }, (_, i) => sent.readUInt32BE(i * 6 + 2));
    expect(new Set(keys).size).toBeGreaterThan(18);
  });
});
