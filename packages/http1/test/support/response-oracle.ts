import { type Deviation, fieldLine, list, pairs, readChunked, token } from "./oracle.ts";

/** A response as the second reading has it; interim ones are in front of the final one that they belong to. */
export interface OracleResponse {
  readonly interim: readonly number[];
  readonly status: number;
  readonly reason: string;
  readonly minor: 0 | 1;
  readonly fields: readonly string[];
  readonly content: string;
  readonly trailers: readonly string[];
  readonly keepAlive: boolean;
}

export interface ResponsesRead {
  /** The complete ones. */
  readonly responses: readonly OracleResponse[];
  readonly verdict: "closed" | "rejected";
}

/** RFC 9112 §4: a recipient may take a line without the space behind the status. */
const HEAD = new RegExp(
  `^HTTP/1\\.([0-9]) ([0-9]{3})(?: ([\\t \\x21-\\x7e\\x80-\\xff]*))?\\r\\n((?:${fieldLine})*)\\r\\n`,
);

/** The responses to requests by `methods`, on a connection that ends behind `text`; no upgrade was offered. */
export function readResponses(
  methods: readonly string[],
  text: string,
  deviations: ReadonlySet<Deviation>,
): ResponsesRead {
  const responses: OracleResponse[] = [];
  let rest = text;
  for (const method of methods) {
    const interim: number[] = [];
    let head: RegExpExecArray | null;
    let status: number;
    do {
      head = HEAD.exec(rest);
      if (head === null) return { responses, verdict: "rejected" };
      status = Number(head[2]);
      rest = rest.slice(head[0].length);
      if (status >= 100 && status < 200) interim.push(status);
    } while (status >= 100 && status < 200 && status !== 101);
    // RFC 9110 §7.8: nothing was offered. The limit on interim responses is the parser's own.
    if (status === 101 || interim.length > 16) return { responses, verdict: "rejected" };
    const minor = head[1] === "0" ? 0 : 1;
    const fields = pairs(head[4]!);
    const values = (name: string): string[] =>
      fields.filter(([n]) => n.toLowerCase() === name).map(([, value]) => value);
    const body = readBody(method, status, minor, values, rest, deviations);
    if (body === null) return { responses, verdict: "rejected" };
    const options = list(values("connection").join(","));
    const persists = !options.includes("close") && (minor === 1 || options.includes("keep-alive"));
    const keepAlive = persists && !body.untilClose;
    responses.push({
      interim,
      status,
      reason: head[3] ?? "",
      minor,
      fields: fields.flat(),
      content: body.content,
      trailers: body.trailers,
      keepAlive,
    });
    if (!keepAlive) return { responses, verdict: "closed" };
    rest = body.rest;
  }
  // RFC 9112 §9.2: bytes without a request are no response.
  return { responses, verdict: rest === "" ? "closed" : "rejected" };
}

interface BodyRead {
  readonly content: string;
  readonly trailers: readonly string[];
  readonly rest: string;
  readonly untilClose?: boolean;
}

/** RFC 9112 §6.3, step by step; null if it is to be refused, or not all there. */
function readBody(
  method: string,
  status: number,
  minor: 0 | 1,
  values: (name: string) => string[],
  rest: string,
  deviations: ReadonlySet<Deviation>,
): BodyRead | null {
  if (method === "HEAD" || status === 204 || status === 304) return { content: "", trailers: [], rest };
  const lengths = values("content-length");
  const codings = values("transfer-encoding");
  const untilClose = { content: rest, trailers: [], rest: "", untilClose: true };
  if (codings.length > 0) {
    const names = list(codings.join(","));
    if (minor === 0 || lengths.length > 0) return null;
    if (!names.every((name) => new RegExp(`^${token}[ \\t]*(?:;.*)?$`).test(name))) return null;
    const chunked = names.filter((name) => /^chunked[ \t]*(?:;|$)/.test(name));
    if (chunked.length > 1 || chunked.some((name) => name !== "chunked")) return null;
    return names.at(-1) === "chunked" ? readChunked(rest, deviations) : untilClose;
  }
  if (lengths.length === 0) return untilClose;
  const length = Number(lengths[0]);
  if (lengths.length > 1 || !/^[0-9]+$/.test(lengths[0]!) || rest.length < length) return null;
  return { content: rest.slice(0, length), trailers: [], rest: rest.slice(length) };
}
