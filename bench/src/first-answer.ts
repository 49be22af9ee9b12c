import { type IncomingMessage, request } from "node:http";
import { request as requestTls } from "node:https";
import { contentFields, contentOf } from "./load/http-request.ts";
import type { HttpScenario } from "./scenario.ts";

/** Milliseconds of silence that the server may take before and within its first answer. */
const silenceLimit = 5_000;

/**
 * Asks once, before anything is measured: a server that answers something else is fast for a reason that nobody wants.
 *
 * @throws Error saying how the answer differs
 */
export async function checkFirstAnswer(scenario: HttpScenario, port: number): Promise<void> {
  const { body } = scenario;
  const response = await ask(scenario, port);
  let bytes = 0;
  const parts: Buffer[] = [];
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    // Of a file of a GiB the length has to be enough.
    if (typeof body === "string" || bytes < 1000) parts.push(part);
  }
  const text = Buffer.concat(parts).toString();
  if (response.statusCode === 200 && (typeof body === "string" ? text === body : bytes === body)) return;
  const expected = typeof body === "string" ? `"200 ${short(body)}"` : `200 and ${body} bytes`;
  throw new Error(`answered "${response.statusCode} ${short(text)}" of ${bytes} bytes, not ${expected}`);
}

function ask(scenario: HttpScenario, port: number): Promise<IncomingMessage> {
  const { method, path, fields, content, tls } = scenario;
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { ...fields, ...contentFields(content), Connection: "close" },
      agent: false,
      timeout: silenceLimit,
      rejectUnauthorized: false,
    } as const;
    const asked = (tls ? requestTls : request)(options, resolve);
    asked.on("timeout", () => asked.destroy(new Error("no first answer")));
    asked.on("error", reject);
    asked.end(contentOf(content));
  });
}

function short(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
