import type { Exchange, Outcome } from "../exchange/exchange.ts";
import { type Patience, runExchange } from "../exchange/run-exchange.ts";
import { visible } from "../exchange/visible.ts";
import type { Facts } from "../rules/facts.ts";
import { REFUSALS } from "../rules/judges.ts";
import { deciding, exchange, head, plain, post } from "../rules/requests.ts";
import type { Site } from "../rules/rule.ts";
import { ConnectError } from "../target/connection.ts";
import type { Pool } from "../target/pool.ts";
import { TargetError } from "../target/target.ts";
import { probeEcho } from "./probe-echo.ts";

/** The least of so many counts: the first requests of a server are slow. */
const LATENCY_SAMPLES = 5;

/**
 * Learns how the target behaves before any rule is put to the test.
 * @throws TargetError for a target that is down, silent, or speaks something else; its message says which
 */
export async function probe(pool: Pool, site: Site, patience: Patience): Promise<Facts> {
  const ask = (one: Exchange) => runExchange(pool, one, patience, true);
  const plainResponse = await firstResponse(
    () => ask({ ...exchange(plain(site), [site.method]), until: 1 }),
    patience,
  );
  requireAnswer(site.method, plainResponse);
  const behind = async (text: string, method: string) => {
    const first = exchange(text, [method, "GET"]);
    const second = exchange(plain({ ...site, method: "GET" }), []);
    const pieces = [
      ...first.pieces,
      ...second.pieces.map((piece) => ({ ...piece, after: "response" as const })),
    ];
    // One after the other: a server that loses pipelined requests still persists.
    const { responses } = await ask({ ...first, pieces, until: 2 });
    const together = { ...exchange(text + plain({ ...site, method: "GET" }), [method, "GET"]), until: 2 };
    const pipelines = responses.length === 2 && (await ask(together)).responses.length === 2;
    return { status: responses[0]?.status ?? 0, persists: responses.length === 2, pipelines };
  };
  const two = await behind(plain(site), site.method);
  const lengths = new Set<number | undefined>();
  let latency = Number.POSITIVE_INFINITY;
  for (let i = 0; i < LATENCY_SAMPLES; i++) {
    const began = performance.now();
    const get = plain({ ...site, method: "GET" });
    const [again] = (await ask({ ...exchange(get, ["GET"]), until: 1 })).responses;
    if (again !== undefined) requireAnswer("GET", again);
    lengths.add(again?.content.length);
    latency = Math.min(latency, performance.now() - began);
  }
  const line = (method: string) => head(`${method} ${site.path} HTTP/1.1`, [`Host: ${site.host}`]);
  const one = async (method: string) =>
    (await ask({ ...exchange(line(method), [method]), until: 1 })).responses[0]?.status ?? 0;
  return {
    plain: plainResponse,
    isStable: lengths.size === 1,
    persists: two.persists,
    pipelines: two.pipelines,
    head: await one("HEAD"),
    post: await behind(post(site, ["Content-Length: 5"], "hello"), "POST"),
    chunked: await behind(post(site, ["Transfer-Encoding: chunked"], "5\r\nhello\r\n0\r\n\r\n"), "POST"),
    unknownMethod: await one("BREW"),
    echo: await probeEcho(ask, site),
    needsHost:
      (await ask(deciding(head(`${site.method} ${site.path} HTTP/1.1`, []), site.method).exchanges[0]!))
        .responses[0]?.status !== plainResponse.status,
    latency,
  };
}

/**
 * What an application answers to a plain request, and to the GET by which canaries ask, must be no status that refuses bytes: nothing
 * would tell its response from a refusal.
 */
function requireAnswer(method: string, { status }: Facts["plain"]): void {
  if (!REFUSALS.has(status)) return;
  throw new TargetError(
    `Its response to a plain ${method} is a ${status}, as to what a server cannot read: --path names a path that gets another one`,
  );
}

async function firstResponse(ask: () => Promise<Outcome>, { quiet }: Patience): Promise<Facts["plain"]> {
  let outcome: Outcome;
  try {
    outcome = await ask();
  } catch (error) {
    if (error instanceof ConnectError) throw new TargetError(`Nothing to examine: ${connectFault(error)}`);
    throw error;
  }
  const [response] = outcome.responses;
  if (response !== undefined) return response;
  const { received, end } = outcome;
  if (received.length > 0) throw new TargetError(strange(received, outcome));
  if (end === "open")
    throw new TargetError(
      `It took the connection and a plain request, and sent nothing for ${quiet} ms (--timeout)`,
    );
  throw new TargetError(
    `It ${end === "reset" ? "reset" : "closed"} the connection without a response to a plain request`,
  );
}

/** What a failed connection means, in words. */
export function connectFault({ code, message }: ConnectError): string {
  switch (code) {
    case "ECONNREFUSED":
      return "the connection was refused: no server listens there";
    case "ENOENT":
      return "there is no such Unix socket";
    case "EACCES":
      return "this user may not open the Unix socket";
    case "ETIMEDOUT":
      return `there was ${message}`;
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return `it does not speak TLS (${code})`;
    default:
      return `${message} (${code})`;
  }
}

function strange(received: Uint8Array, { error, unfinished, end }: Outcome): string {
  // An alert record of TLS (RFC 8446 §5.1).
  if (received[0] === 0x15 && received[1] === 0x03) return "It speaks TLS: use an https URL, or --tls";
  if (unfinished !== null) return `The end of its response to a plain request did not come (${end})`;
  const beginning = visible(received.subarray(0, 60));
  return `Its response to a plain request is not HTTP/1.1: it begins ${beginning}${error === null ? "" : ` (${error.message})`}`;
}
