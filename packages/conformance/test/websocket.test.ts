import { Buffer } from "node:buffer";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTCPServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { acceptKey } from "@mantou/websocket";
import { writeFrame } from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../vitest.runs.ts";
import { conformanceTests, type TestRunner } from "../src/conformance-tests.ts";
import { FrameReader } from "../src/exchange/frame-reader.ts";
import { parseCaseFile } from "../src/report/case-file.ts";
import { check } from "../src/run/check.ts";
import { startServer } from "./support/faulty-server.ts";
import { startWebSocketServer } from "./support/websocket-server.ts";

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], (_, out, err) => {
      expect(err).not.toMatch(/^\s+at /m);
      resolve({ code: child.exitCode!, out, err });
    });
  });
}

describe("a target that opens no WebSocket is told in a sentence", () => {
  it.each([
    ["it answers 404", 404, "It opens no WebSocket: the handshake got 404 Not Found"],
    ["it answers 200", 200, "It opens no WebSocket: the handshake got 200 OK"],
  ])("%s", async (_, status, message) => {
    const server = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await expect(check(url).next()).rejects.toThrow(message);
    server.close();
  });
});

it("examines an HTTP and a WebSocket server, saves a violation, and replays it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "conformance-"));
  const http = await startServer();
  const faulty = await startWebSocketServer({ incoming: (one) => ({ ...one, rsv: 0 }) });
  const sound = await startWebSocketServer();
  const only = ["--only", "rfc9110/6.6.1/date,rfc6455/5.2/rsv", "--seed", "1"];
  const { code, out } = await run(http.url, faulty.url, ...only, "--save", folder);
  expect(code).toBe(1);
  expect(out).toContain("held    must    rfc9110/6.6.1/date");
  expect(out).toContain("  got: binary (0 bytes), the pong to the last ping; the connection stayed open\n");
  // The handshake, and the frames behind its response.
  expect(out).toMatch(
    /\$ \(printf 'GET \/ .*'; sleep 0\.1; printf '.*\\211\\203.*'; sleep 2\) \| nc 127\.0\.0\.1 \d+/,
  );
  const [file = ""] = readdirSync(folder);
  const { trial } = parseCaseFile(readFileSync(join(folder, file), "utf8"));
  expect(trial.exchanges[0]).toMatchObject({ upgrade: "websocket", messages: 0 });
  expect((await run(faulty.url, "--replay", join(folder, file))).code).toBe(1);
  expect((await run(sound.url, "--replay", join(folder, file))).code).toBe(0);
  for (const { close } of [http, faulty, sound]) await close();
  rmSync(folder, { recursive: true });
});

it("says why a rule does not apply: no echo, no permessage-deflate", async () => {
  const server = await startWebSocketServer({
    echo: () => "else",
    response: (text) => text.replace(/^Sec-WebSocket-Extensions:.*\r\n/m, ""),
  });
  const reasons: Record<string, string> = {};
  for await (const verdict of check(server.url, {
    only: ["5.6/echo", "6/rsv1-control", "5.1/unmasked"],
    runs: 2,
  })) {
    reasons[verdict.rule.id] = "reason" in verdict ? verdict.reason : verdict.kind;
  }
  await server.close();
  expect(reasons).toEqual({
    "rfc6455/5.6/echo":
      "it does not echo: a text and a binary message got text (4 bytes), text (4 bytes), the pong to the last ping; the connection stayed open",
    "rfc7692/6/rsv1-control": "the target takes no offer of permessage-deflate",
    "rfc6455/5.1/unmasked": "held",
  });
});

it("breaks no rule for messages that the target sends unasked", async () => {
  const server = await startWebSocketServer({ response: (text) => `${text}\x81\x05hello` });
  const isBroken: string[] = [];
  for await (const verdict of check(server.url, { runs: 3, seed: 1 }))
    if (verdict.kind === "broken") isBroken.push(verdict.rule.id);
  expect(isBroken).toEqual([]);
  await server.close();
});

it("declares a test for each rule of a ws URL", async () => {
  const server = await startWebSocketServer({ incoming: (one) => ({ ...one, rsv: 0 }) });
  const tests: (() => Promise<void>)[] = [];
  const titles: string[] = [];
  const runner: TestRunner = {
    describe: (title, body) => {
      titles.push(title);
      body();
    },
    test: (_, body) => tests.push(body),
  };
  conformanceTests(runner, server.url, { only: ["5.2/rsv", "5.2/opcode-data"], timeout: 300 });
  expect(titles).toEqual(["WebSocket (RFC 6455, RFC 7692)"]);
  await expect(tests[0]!()).rejects.toThrow(
    "due: a Close frame or the end, and nothing read behind the frame",
  );
  await tests[1]!();
  await server.close();
});

it("waits for the echo of a message that comes behind the pong to the last ping", async () => {
  // Each length of two bytes is written in eight.
  const late = (socket: Socket, payload: Buffer, opcode: number) =>
    setTimeout(() => {
      const lengthBits = payload.length > 125 && payload.length < 65_536 ? { lengthBits: 64 as const } : {};
      socket.write(writeFrame({ fin: true, rsv: 0, opcode, maskKey: null, payload, ...lengthBits }));
    }, 30);
  const server = createTCPServer((socket) => {
    const reader = new FrameReader();
    let isOpen = false;
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      if (!isOpen) {
        isOpen = true;
        const key = /^Sec-WebSocket-Key: (\S+)/m.exec(bytes.toString("latin1"))![1]!;
        const fields = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}`;
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n\r\n`);
        return;
      }
      // The keys of these trials are zeros.
      for (const { opcode, payload } of reader.push(bytes)) {
        if (opcode < 8) late(socket, payload, opcode);
        else
          socket.write(
            writeFrame({ fin: true, rsv: 0, opcode: opcode === 9 ? 10 : opcode, maskKey: null, payload }),
          );
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for await (const { kind } of check(url, { only: ["5.2/server-length"], seed: 1, timeout: 500 }))
    expect(kind).toBe("broken");
  server.close();
});

it("splits bytes into the same frames wherever they are cut", () => {
  const frame = fc
    .tuple(fc.nat(255), fc.boolean(), fc.constantFrom(0, 1, 125, 126, 127, 300, 65_536))
    .map(([first, isMasked, length]) => {
      const short = length < 126 ? length : length < 65_536 ? 126 : 127;
      const head = Buffer.alloc(short === 126 ? 4 : short === 127 ? 10 : 2);
      head[0] = first;
      head[1] = short + (isMasked ? 128 : 0);
      if (short === 126) head.writeUInt16BE(length, 2);
      if (short === 127) head.writeBigUInt64BE(BigInt(length), 2);
      return Buffer.concat([head, Buffer.alloc(length + (isMasked ? 4 : 0), 7)]);
    });
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 400 })),
      (frames, steps) => {
        const all = Buffer.concat(frames);
        const reader = new FrameReader();
        const read: Buffer[] = [];
        let at = 0;
        for (const step of [...steps, all.length]) {
          for (const { bytes } of reader.push(all.subarray(at, at + step))) read.push(bytes);
          at += step;
        }
        expect(read).toEqual(frames);
        expect(reader.unfinished).toHaveLength(0);
      },
    ),
    runs(100),
  );
});
