import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { Exchange, Trial } from "../exchange/exchange.ts";
import type { Site } from "./rule.ts";

/** A head: request line, field lines, empty line. */
export function head(line: string, fields: readonly string[]): string {
  return `${[line, ...fields].join("\r\n")}\r\n\r\n`;
}

/** The plain request of this target, as text. */
export function plain({ host, path, method }: Site, fields: readonly string[] = []): string {
  return head(`${method} ${path} HTTP/1.1`, [`Host: ${host}`, ...fields]);
}

/** A POST with these field lines and this content behind it. */
export function post({ host, path }: Site, fields: readonly string[], content = ""): string {
  return `${head(`POST ${path} HTTP/1.1`, [`Host: ${host}`, ...fields])}${content}`;
}

/**
 * The canary: a request that asks for the end of the connection. Behind one that ends where we say, it is answered; behind one that
 * must be the last, or inside its content, it must not be.
 */
export function canary({ host, path }: Site): string {
  return head(`GET ${path} HTTP/1.1`, [`Host: ${host}`, "Connection: close"]);
}

/** One exchange in one packet, which the end of the connection ends. */
export function exchange(bytes: string | Uint8Array, methods: readonly string[]): Exchange {
  return {
    pieces: [{ bytes: typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes, after: "turn" }],
    methods,
    until: "closed",
    halfClose: false,
  };
}

/** A trial of one exchange: some requests, of which a canary is the last. */
export function trial(bytes: string | Uint8Array, methods: readonly string[]): Trial {
  return { exchanges: [exchange(bytes, methods)] };
}

/** Field lines that mean nothing here, and that servers know. None is there twice: no client may send some of them so. */
export const mildFields: fc.Arbitrary<readonly string[]> = fc.uniqueArray(
  fc.constantFrom("Accept: */*", "Cookie: a=b", "User-Agent: conformance", "X-Empty:", "accept-language:en"),
  { maxLength: 2 },
);

export interface LineOptions {
  /** Whether the request has a valid Host besides. */
  readonly host?: boolean;
  readonly minor?: 0 | 1;
  readonly method?: string;
  readonly content?: string;
  /** A canary may be behind it, and the end of the connection is awaited. Without it the first response decides. */
  readonly closes?: boolean;
}

/** Requests with `extra` lines among mild ones. */
export function withLines(
  site: Site,
  extra: fc.Arbitrary<readonly string[]>,
  { host = true, minor = 1, method = site.method, content = "", closes = false }: LineOptions = {},
): fc.Arbitrary<Trial> {
  return fc
    .tuple(extra, mildFields, fc.boolean(), closes ? fc.boolean() : fc.constant(false))
    .map(([lines, mild, isLate, hasCanary]) => {
      const own = host ? [`Host: ${site.host}`] : [];
      const fields = isLate ? [...own, ...mild, ...lines] : [...own, ...lines, ...mild];
      const text = head(`${method} ${site.path} HTTP/1.${minor}`, fields) + content;
      return closes ? closing(site, text, method, hasCanary) : deciding(text, method);
    });
}

/** Requests with one of these request lines. */
export function malformedLines(site: Site, ...lines: readonly string[]): fc.Arbitrary<Trial> {
  return fc
    .tuple(fc.constantFrom(...lines), mildFields)
    .map(([text, mild]) => deciding(head(text, [`Host: ${site.host}`, ...mild]), site.method));
}

/** The first response to these bytes decides. */
export function deciding(bytes: string, method: string): Trial {
  return { exchanges: [{ ...exchange(bytes, [method]), until: 1 }] };
}

/** Behind these bytes the connection must end, and a canary not be answered. */
export function closing(site: Site, bytes: string, method: string, hasCanary: boolean): Trial {
  return hasCanary ? trial(bytes + canary(site), [method, "GET"]) : trial(bytes, [method]);
}
