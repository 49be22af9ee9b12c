import net from "node:net";
import { afterEach, expect, it } from "vitest";
import { check } from "../src/run/check.ts";
import { TargetError } from "../src/target/target.ts";

let server: net.Server | null = null;
afterEach(() => void server?.close());

/** A server that reads lines of version 1 by a pattern, and headers of version 2 by their length. */
async function reading(
  line: RegExp,
  options: { guesses?: true; only1?: true; atOnce?: true } = {},
): Promise<string> {
  server = net.createServer((socket) => {
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      const rest = behindHeader(text);
      if (rest === undefined) options.atOnce && socket.destroy();
      else if (rest === null) socket.destroy();
      else if (rest.endsWith("\r\n\r\n"))
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
  });
  const behindHeader = (text: string): string | null | undefined => {
    if (text.startsWith("GET ")) return options.guesses ? text : null;
    if (text.startsWith("\r\n\r\n\0\r\nQUIT\n")) {
      if (options.only1) return null;
      if (text.length < 16) return undefined;
      const [command, kind] = [text.charCodeAt(12), text.charCodeAt(13)];
      const length = 256 * text.charCodeAt(14) + text.charCodeAt(15);
      const least = { 17: 12, 33: 36 }[kind] ?? -1;
      if (command !== 0x20 && (command !== 0x21 || least < 0 || length < least)) return null;
      return text.length < 16 + length ? undefined : text.slice(16 + length);
    }
    if ("\r\n\r\n\0\r\nQUIT\n".startsWith(text)) return undefined;
    const end = text.indexOf("\n");
    if (!"PROXY ".startsWith(text.slice(0, 6)) || end > 106 || (end < 0 && text.length > 106)) return null;
    if (end < 0) return undefined;
    return line.test(text.slice(0, end + 1)) ? text.slice(end + 1) : null;
  };
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}/`;
}

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IP4 = `${OCTET}(?:\\.${OCTET}){3}`;
const PORT = "(?:0|[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5])";
const STRICT = new RegExp(
  `^PROXY (?:TCP4 ${IP4} ${IP4} ${PORT} ${PORT}|TCP6 [\\da-fA-F]*:[\\da-fA-F:]+ [\\da-fA-F]*:[\\da-fA-F:]+ ${PORT} ${PORT}|UNKNOWN(?: .*)?)\\r\\n$`,
);

async function broken(url: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { kind, rule } of check(url, { proxyProtocol: true, seed: 1, runs: 40, timeout: 500 }))
    if (kind === "broken") found.push(rule.id);
  return found.sort();
}

it("finds nothing in a server that reads the headers strictly", async () => {
  expect(await broken(await reading(STRICT))).toEqual([]);
});

it("finds what a server gets wrong", async () => {
  expect(await broken(await reading(/^PROXY .*/))).toEqual(["proxy-protocol/2.1/malformed"]);
  server!.close();
  expect(await broken(await reading(STRICT, { guesses: true }))).toEqual(["proxy-protocol/2/missing"]);
  server!.close();
  expect(await broken(await reading(STRICT, { only1: true }))).toEqual([
    "proxy-protocol/2.2/header",
    "proxy-protocol/2/pieces",
  ]);
  server!.close();
  expect(await broken(await reading(STRICT, { atOnce: true }))).toEqual(["proxy-protocol/2/pieces"]);
});

it("does not examine a server without the protocol", async () => {
  server = net.createServer(
    (socket) =>
      void socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")),
  );
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  await expect(broken(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}/`)).rejects.toThrow(
    TargetError,
  );
});
