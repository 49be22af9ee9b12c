import { type IncomingMessage, request } from "node:http";
import { request as requestTls } from "node:https";
import { contentFields, contentOf } from "./load/http-request.ts";
import type { HttpScenario } from "./scenario.ts";

/** Milliseconds of silence that the server may take before and within its first response. */
const silenceLimit = 5_000;

/**
 * Sends one request before the measurement: a server with a wrong response may be fast for the wrong reason.
 *
 * @throws Error that says how the response differs
 */
export async function checkFirstResponse(scenario: HttpScenario, port: number): Promise<void> {
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
  throw new Error(`responded "${response.statusCode} ${short(text)}" of ${bytes} bytes, not ${expected}`);
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
    asked.on("timeout", () => asked.destroy(new Error("no first response")));
    asked.on("error", reject);
    asked.end(contentOf(content));
  });
}

function short(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`;
}
