/** A response as a client reads it that was written from RFC 9112 alone: whole text, regular expressions. */
export interface ParsedResponse {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly string[];
  readonly framing: "none" | "length" | "chunked" | "until-close";
  readonly content: string;
  readonly trailers: readonly string[];
  readonly keepAlive: boolean;
  /** The text behind it. */
  readonly rest: string;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const line = `(?:${token}:[\\t \\x21-\\x7e\\x80-\\xff]*\\r\\n)`;
const HEAD = new RegExp(`^HTTP/1\\.1 ([1-5][0-9]{2}) ([\\t \\x21-\\x7e\\x80-\\xff]*)\\r\\n(${line}*)\\r\\n`);

function fieldList(section: string): string[] {
  return [...section.matchAll(/([^:\r\n]+):[\t ]*([^\r\n]*?)[\t ]*\r\n/g)].flatMap((match) => [
    match[1]!,
    match[2]!,
  ]);
}

/** The first final response in `text`, to a request by `method`; interim ones are left out. */
export function parseResponse(text: string, method: string): ParsedResponse {
  const head = HEAD.exec(text);
  if (head === null) throw new Error(`No response: ${JSON.stringify(text)}`);
  const status = Number(head[1]);
  const behind = text.slice(head[0].length);
  if (status < 200 && status !== 101) return parseResponse(behind, method);
  const fields = fieldList(head[3]!);
  const values = (name: string): string[] =>
    fields.filter((_, i) => i % 2 === 1 && fields[i - 1]!.toLowerCase() === name);
  const lengths = values("content-length");
  const codings = values("transfer-encoding");
  if (lengths.length > 1 || (lengths.length > 0 && codings.length > 0)) throw new Error("Ambiguous framing");
  const keepAlive = !values("connection").join(",").toLowerCase().split(/, */).includes("close");
  const base = { status, reason: head[2]!, fields, keepAlive, trailers: [] };
  if (method === "HEAD" || status === 204 || status === 304 || status === 101) {
    return { ...base, framing: "none", content: "", rest: behind };
  }
  if (codings.length > 0) {
    if (codings.join() !== "chunked") throw new Error(`Unknown coding ${codings.join()}`);
    return { ...base, framing: "chunked", ...readChunks(behind) };
  }
  if (lengths.length > 0) {
    const length = Number(lengths[0]);
    if (!/^[0-9]+$/.test(lengths[0]!) || behind.length < length) throw new Error("Incomplete");
    return { ...base, framing: "length", content: behind.slice(0, length), rest: behind.slice(length) };
  }
  if (keepAlive) throw new Error("The end of this response is unknown");
  return { ...base, framing: "until-close", content: behind, rest: "" };
}

function readChunks(text: string): { content: string; trailers: string[]; rest: string } {
  let content = "";
  for (let rest = text; ; ) {
    const size = /^([0-9a-f]+)\r\n/.exec(rest);
    if (size === null) throw new Error(`No chunk: ${JSON.stringify(rest)}`);
    const length = Number.parseInt(size[1]!, 16);
    rest = rest.slice(size[0].length);
    if (length === 0) {
      const section = new RegExp(`^(${line}*)\\r\\n`).exec(rest);
      if (section === null) throw new Error("No end of the trailer section");
      return { content, trailers: fieldList(section[1]!), rest: rest.slice(section[0].length) };
    }
    content += rest.slice(0, length);
    if (rest.slice(length, length + 2) !== "\r\n") throw new Error("No CRLF behind a chunk");
    rest = rest.slice(length + 2);
  }
}
