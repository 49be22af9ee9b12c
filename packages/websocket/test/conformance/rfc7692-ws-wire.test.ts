/** permessage-deflate negotiated with `ws` 8 over sockets, in both roles. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import * as fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import * as ws from "ws";
import { acceptDeflate, acceptKey, agreeDeflate, offerDeflate } from "../../src/index.ts";
import { deflateOptions } from "../deflate-support.ts";
import { KEY } from "../handshake-support.ts";

describe("over sockets", () => {
  const cleanUp: Array<() => void> = [];
  afterEach(() => {
    for (const close of cleanUp.splice(0)) close();
  });

  it("a ws server responds to our offers so that our client agrees", async () => {
    const server = new ws.WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: true });
    cleanUp.push(() => server.close());
    await once(server, "listening");
    for (const options of fc.sample(deflateOptions(), { numRuns: 20, seed: 1 })) {
      const offer = offerDeflate(options);
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      const field = offer === "" ? "" : `Sec-WebSocket-Extensions: ${offer}\r\n`;
      socket.write(
        `GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n${field}\r\n`,
      );
      const [head] = (await once(socket, "data")) as [Buffer];
      socket.destroy();
      const response = /\r\nSec-WebSocket-Extensions: (.*)\r\n/.exec(head.toString("latin1"))?.[1] ?? null;
      expect(response === null).toBe(offer === "");
      expect(agreeDeflate(response, options)).toMatchObject({ ok: true });
    }
  });

  it("a ws client agrees to our responses", async () => {
    const options = fc.sample(deflateOptions(), { numRuns: 20, seed: 2 });
    const responses: Array<string | null> = [];
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (bytes) => {
        const head = bytes.toString("latin1");
        const field = (name: string) => new RegExp(`\r\n${name}: (.*)\r\n`, "i").exec(head)?.[1] ?? null;
        const accepted = acceptDeflate(field("Sec-WebSocket-Extensions"), options[responses.length]!);
        responses.push(accepted?.header ?? null);
        const line = accepted === null ? "" : `Sec-WebSocket-Extensions: ${accepted.header}\r\n`;
        const key = acceptKey(field("Sec-WebSocket-Key")!);
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n${line}\r\n`,
        );
      });
    });
    cleanUp.push(() => server.close());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    for (const i of options.keys()) {
      const client = new ws.WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
      await once(client, "open");
      expect(client.extensions).toBe(responses[i] === null ? "" : "permessage-deflate");
      client.terminate();
    }
    expect(responses.filter((response) => response !== null).length).toBeGreaterThan(5);
  });
});
