import { isIPv6 } from "node:net";

/**
 * A second reading of RFC 9112, to hold against the first: whole input, regular expressions, no state and no care
 * for speed. It shares nothing with `src/`. Each production below has the name that the RFCs give it.
 *
 * Where the parser deliberately differs, the deviation has a name, and an option makes the oracle follow it.
 */
export type Deviation =
  /** RFC 9112 §2.2 demands to ignore "at least one" empty line; more than eight are refused. */
  | "empty-lines-limited"
  /** RFC 9112 §3.2 has pchar; every visible character but "#" is let through, as servers have to deal with it. */
  | "target-visible"
  /** RFC 9112 §3.2.2 has any absolute-URI; one without an authority names nothing that an HTTP server has. */
  | "absolute-form-needs-authority"
  /** RFC 9112 §7.1 has any number of digits, and warns of too many; 16 are enough. */
  | "chunk-size-digits";

export interface OracleMessage {
  readonly method: string;
  readonly target: string;
  readonly minor: 0 | 1;
  readonly fields: readonly string[];
  readonly keepAlive: boolean;
  readonly expectsContinue: boolean;
  readonly upgrade: string | null;
  readonly content: string;
  readonly trailers: readonly string[];
}

export interface OracleResult {
  /** The complete ones. */
  readonly messages: readonly OracleMessage[];
  /** The rest behind the last of them: the end, a refused message, or bytes without a meaning. */
  readonly verdict: "closed" | "rejected" | "stopped";
}

const tchar = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
export const token: string = `${tchar}+`;
const fieldVchar = "[\\x21-\\x7e\\x80-\\xff]";
const fieldContent = `${fieldVchar}(?:[ \\t\\x21-\\x7e\\x80-\\xff]*${fieldVchar})?`;
export const fieldLine: string = `(${token}):[ \\t]*((?:${fieldContent})?)[ \\t]*\\r\\n`;
const unreserved = "[A-Za-z0-9._~-]";
const subDelims = "[!$&'()*+,;=]";
const pctEncoded = "%[0-9A-Fa-f]{2}";
const pchar = `(?:${unreserved}|${pctEncoded}|${subDelims}|[:@])`;
const query = `(?:${pchar}|[/?])*`;
const absolutePath = `(?:/${pchar}*)+`;
const regName = `(?:${unreserved}|${pctEncoded}|${subDelims})*`;
const ipFuture = `[vV][0-9A-Fa-f]+\\.(?:${unreserved}|${subDelims}|:)+`;
const uriHost = `(?:\\[(?:([0-9A-Fa-f:.]+)|${ipFuture})\\]|${regName})`;
const quotedString = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"';
const chunkExt = `(?:[ \\t]*;[ \\t]*${token}(?:[ \\t]*=[ \\t]*(?:${token}|${quotedString}))?)*`;
/** RFC 9110 §6.5.1: framing, routing, request modifiers, authentication, response control, content format. */
const notInTrailers =
  /^(?:content-(?:length|encoding|range|type)|transfer-encoding|connection|keep-alive|proxy-connection|upgrade|trailer|host|max-forwards|cache-control|expect|pragma|range|te|if-(?:match|modified-since|none-match|range|unmodified-since)|(?:proxy-)?authorization|(?:www|proxy)-authenticate|(?:set-)?cookie)$/i;

function whole(pattern: string, text: string): RegExpExecArray | null {
  return new RegExp(`^(?:${pattern})$`).exec(text);
}

function isHostAndPort(text: string, port: string): boolean {
  const match = whole(`${uriHost}${port}`, text);
  return match !== null && (match[1] === undefined || isIPv6(match[1]));
}

/** RFC 9110 §5.6.1.2: a list with its empty elements left out. */
export function list(value: string): string[] {
  return value
    .split(",")
    .map((element) => element.replace(/^[ \t]+|[ \t]+$/g, "").toLowerCase())
    .filter((element) => element !== "");
}

/** RFC 9112 §3.2, the four forms. */
function isRequestTarget(method: string, target: string, deviations: ReadonlySet<Deviation>): boolean {
  if (method === "CONNECT") {
    const port = Number(/:([0-9]+)$/.exec(target)?.[1] ?? 0);
    return !target.startsWith(":") && isHostAndPort(target, ":[0-9]+") && port >= 1 && port <= 65_535;
  }
  if (target === "*") return method === "OPTIONS";
  const loose = deviations.has("target-visible");
  const rest = loose ? "[\\x21\\x22\\x24-\\x7e]*" : `(?:${absolutePath})?(?:\\?${query})?`;
  if (target.startsWith("/")) return whole(rest, target) !== null;
  const absolute = whole(
    `[A-Za-z][A-Za-z0-9+.-]*://([^/?]*)(${loose ? "(?:[/?][\\x21\\x22\\x24-\\x7e]*)?" : rest})`,
    target,
  );
  if (absolute !== null) {
    const authority = absolute[1]!;
    // RFC 9110 §4.2.1 and §4.2.4: an empty host and userinfo are errors.
    return authority !== "" && !authority.startsWith(":") && isHostAndPort(authority, "(?::[0-9]*)?");
  }
  if (deviations.has("absolute-form-needs-authority")) return false;
  return whole(`[A-Za-z][A-Za-z0-9+.-]*:(?!//)(?:${pchar}|/)*(?:\\?${query})?`, target) !== null;
}

export function pairs(section: string): [string, string][] {
  return [...section.matchAll(new RegExp(fieldLine, "g"))].map((match) => [match[1]!, match[2]!]);
}

/** RFC 9112 §7.1: the content, the trailers, and what follows; null if it is not chunked or not complete. */
export function readChunked(
  text: string,
  deviations: ReadonlySet<Deviation>,
): { content: string; trailers: string[]; rest: string } | null {
  const digits = deviations.has("chunk-size-digits") ? "{1,16}" : "+";
  const sizeLine = new RegExp(`^([0-9A-Fa-f]${digits})${chunkExt}\\r\\n`);
  let content = "";
  for (let rest = text; ; ) {
    const line = sizeLine.exec(rest);
    if (line === null) return null;
    const size = Number.parseInt(line[1]!, 16);
    rest = rest.slice(line[0].length);
    if (size === 0) {
      const section = new RegExp(`^((?:${fieldLine})*)\\r\\n`).exec(rest);
      if (section === null) return null;
      const trailers = pairs(section[1]!);
      if (trailers.some(([name]) => notInTrailers.test(name))) return null;
      return { content, trailers: trailers.flat(), rest: rest.slice(section[0].length) };
    }
    if (rest.length < size + 2 || rest.slice(size, size + 2) !== "\r\n") return null;
    content += rest.slice(0, size);
    rest = rest.slice(size + 2);
  }
}

/** The requests of one connection, in latin1 text. The response to each is sent before the next is read. */
export function readConnection(text: string, deviations: ReadonlySet<Deviation>): OracleResult {
  const messages: OracleMessage[] = [];
  const rejected: OracleResult = { messages, verdict: "rejected" };
  for (let rest = text; ; ) {
    const empty = /^(?:\r\n)*/.exec(rest)![0].length / 2;
    if (deviations.has("empty-lines-limited") && empty > 8) return rejected;
    rest = rest.slice(empty * 2);
    if (rest === "") return { messages, verdict: "closed" };
    const head = new RegExp(`^(${token}) ([^ ]+) HTTP/1\\.([0-9])\\r\\n((?:${fieldLine})*)\\r\\n`).exec(rest);
    if (head === null) return rejected;
    const [all, method, target, digit, section] = head as unknown as [string, string, string, string, string];
    rest = rest.slice(all.length);
    if (!isRequestTarget(method, target, deviations)) return rejected;
    const minor = digit === "0" ? 0 : 1;
    const fields = pairs(section);
    const values = (name: string): string[] =>
      fields.filter(([n]) => n.toLowerCase() === name).map(([, v]) => v);

    const hosts = values("host");
    if (hosts.length > 1 || (minor === 1 && hosts.length === 0)) return rejected;
    if (hosts.some((host) => !isHostAndPort(host, "(?::[0-9]*)?"))) return rejected;

    const lengths = values("content-length");
    const codings = values("transfer-encoding");
    let content = "";
    let trailers: string[] = [];
    let hasContent = false;
    if (codings.length > 0) {
      // §6.1, §6.3: none in 1.0, none beside Content-Length, and chunked is the only coding here.
      if (minor === 0 || lengths.length > 0 || list(codings.join(",")).join() !== "chunked") return rejected;
      const body = readChunked(rest, deviations);
      if (body === null) return rejected;
      ({ content, trailers, rest } = body);
      hasContent = true;
    } else if (lengths.length > 0) {
      if (lengths.length > 1 || !/^[0-9]+$/.test(lengths[0]!)) return rejected;
      const length = Number(lengths[0]);
      if (rest.length < length) return rejected;
      content = rest.slice(0, length);
      rest = rest.slice(length);
      hasContent = length > 0;
    }

    const expectations = minor === 0 ? [] : list(values("expect").join(","));
    if (expectations.some((expectation) => expectation !== "100-continue")) return rejected;
    const options = list(values("connection").join(","));
    const keepAlive = !options.includes("close") && (minor === 1 || options.includes("keep-alive"));
    const upgrades = values("upgrade");
    messages.push({
      method,
      target,
      minor,
      fields: fields.flat(),
      keepAlive,
      expectsContinue: hasContent && expectations.length > 0,
      upgrade: minor === 1 && options.includes("upgrade") && upgrades.length > 0 ? upgrades.join(", ") : null,
      content,
      trailers,
    });
    if (!keepAlive) return { messages, verdict: "stopped" };
  }
}
