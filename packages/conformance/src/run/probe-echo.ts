import { Buffer } from "node:buffer";
import { type Exchange, field, type Outcome } from "../exchange/exchange.ts";
import type { EchoFacts } from "../rules/facts.ts";
import { deciding, exchange, head, post } from "../rules/requests.ts";
import type { Site } from "../rules/rule.ts";
import { TargetError } from "../target/target.ts";

/**
 * Learns what the echo endpoint shows. Without one named, the path of the other requests is tried.
 * @throws TargetError if the named one is no echo
 */
export async function probeEcho(
  ask: (exchange: Exchange) => Promise<Outcome>,
  { echo, ...site }: Site,
): Promise<EchoFacts | null> {
  const path = echo ?? site.path;
  const send = async (lines: readonly string[], content: string) =>
    (await ask(deciding(post({ ...site, echo, path }, lines, content), "POST").exchanges[0]!)).responses[0];
  const whole = await send(["X-Echo: value", "Content-Length: 5"], "hello");
  const isEcho = whole?.status === 200 && Buffer.from(whole.content).toString("latin1") === "hello";
  if (!isEcho) {
    if (echo === null) return null;
    throw new TargetError(
      `${path} is no echo: the response to a POST with 5 bytes is ${whole === undefined ? "none" : `a ${whole.status} with ${whole.content.length} bytes`} (docs/echo.md has the contract)`,
    );
  }
  const chunked = await send(
    ["Transfer-Encoding: chunked", "Trailer: X-Echo"],
    "5\r\nhello\r\n0\r\nX-Echo: value\r\n\r\n",
  );
  const behind = post({ ...site, echo, path }, ["Content-Length: 5"], "hello");
  const both = `${behind}${head(`GET ${path} HTTP/1.1`, [`Host: ${site.host}`])}`;
  const [, empty] = (await ask({ ...exchange(both, ["POST", "GET"]), until: 2 })).responses;
  return {
    path,
    pipelines: empty !== undefined,
    gets: empty?.status === 200 && empty.content.length === 0,
    values: field(whole, "echo-value") === "value",
    methods: field(whole, "echo-method") === "POST",
    trailers: chunked !== undefined && field(chunked, "echo-trailer") === "value",
  };
}
