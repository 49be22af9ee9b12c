import type { Content, HttpScenario } from "../scenario.ts";
import { type MessageKind, makeMessage } from "./messages.ts";

const contentTypes: Readonly<Record<MessageKind, string>> = {
  text: "text/plain",
  json: "application/json",
  binary: "application/octet-stream",
};

/** What a request with this content says about it. */
export function contentFields(content: Content | undefined): Record<string, string> {
  if (content === undefined) return {};
  return { "Content-Type": contentTypes[content.kind], "Content-Length": `${content.bytes}` };
}

/** The content itself; empty where there is none. */
export function contentOf(content: Content | undefined): Buffer {
  return content === undefined ? Buffer.alloc(0) : makeMessage(content.kind, content.bytes);
}

/** The request of a scenario as it is sent, with `Connection: close` where it is the only one on its connection. */
export function requestBytes(
  scenario: Pick<HttpScenario, "method" | "path" | "fields" | "content" | "fresh">,
  port: number,
): Buffer {
  const { method, path, fields, content, fresh } = scenario;
  const all = {
    Host: `127.0.0.1:${port}`,
    ...fields,
    ...contentFields(content),
    ...(fresh ? { Connection: "close" } : {}),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), contentOf(content)]);
}
