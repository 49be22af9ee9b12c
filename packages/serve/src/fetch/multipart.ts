import { Buffer } from "node:buffer";

/**
 * The most fields of one form, of either type. Go's multipart parser takes 1000 parts, Django and PHP take 1000 fields. The platform's
 * parser makes objects for each: "a&" 1,000,000 times, 2 MB, took 340 ms and 110 MB.
 */
export const FORM_FIELDS: number = 10_000;
/**
 * The most characters of a boundary: RFC 2046 §5.1.1 allows 70, and clients send 24 to 70. Node.js makes the tables of a search for the last 250
 * bytes of its needle alone, and takes quadratic time for a longer one: a boundary of 30,000 letters and 1 MB of that letter would
 * hold the event loop for half a minute.
 */
const MAX_BOUNDARY = 200;
/** The most bytes of the header fields of one part. */
const MAX_FIELD_BYTES = 8 * 1024;
/** And of those of all parts: the event loop parses them at 0.2 µs a byte. */
const MAX_ALL_FIELD_BYTES = 2 * 1024 * 1024;

const TAB = 0x09;
const SPACE = 0x20;
const HYPHEN = 0x2d;
const CR = 0x0d;
const LF = 0x0a;

/** A boundary line: its beginning, which is the end of the content before it, and the beginning of the line behind it. */
interface Delimiter {
  readonly start: number;
  readonly end: number;
  /** It is the last one. The epilogue behind it is ignored. */
  readonly closes: boolean;
}

/**
 * Reads a form (RFC 7578) as clients send it. The platform's parsers take less: Node.js 20 refuses a preamble, an epilogue, and
 * parameters in another order or without quotes, which .NET and Ktor send. Node.js 26 refuses an escaped quotation mark.
 * @param type the Content-Type, with the boundary
 * @throws TypeError for a body that is not a form
 */
export function parseMultipart(body: Buffer, type: string): FormData {
  const boundary = parameters(type, "multipart/form-data")?.get("boundary");
  if (boundary === undefined || boundary === "") throw invalid("its Content-Type has no boundary");
  if (boundary.length > MAX_BOUNDARY) throw invalid("its boundary is too long");
  const form = new FormData();
  const delimiters = new Delimiters(body, boundary);
  let delimiter = delimiters.next();
  let allFieldBytes = 0;
  while (!delimiter.closes) {
    const next = delimiters.next();
    const part = body.subarray(delimiter.end, next.start);
    // The boundary's own line end may be the empty line of a part without content (RFC 2046 §5.1.1: `body-part`).
    const fieldBytes = body.subarray(delimiter.end, next.start + 2).indexOf("\r\n\r\n", 0, "latin1");
    if (fieldBytes < 0) throw invalid("the fields of a part have no end");
    allFieldBytes += fieldBytes;
    if (fieldBytes > MAX_FIELD_BYTES || allFieldBytes > MAX_ALL_FIELD_BYTES)
      throw invalid("its parts have too many fields");
    appendPart(form, part.toString("utf8", 0, fieldBytes), part.subarray(fieldBytes + 4));
    delimiter = next;
  }
  return form;
}

/** Finds one boundary line after another (RFC 2046 §5.1.1). */
class Delimiters {
  readonly #body: Buffer;
  /** Includes the line end before it, which is not content. */
  readonly #boundary: Buffer;
  /** The first position of the next boundary. One line end may end a boundary line and begin the next. */
  #position = 0;
  #seen = 0;

  constructor(body: Buffer, boundary: string) {
    this.#body = body;
    this.#boundary = Buffer.from(`\r\n--${boundary}`, "latin1");
  }

  /** @throws TypeError if no boundary line follows */
  next(): Delimiter {
    let delimiter: Delimiter | null = null;
    while (delimiter === null) {
      // One line is behind the last part. Lines in a part that only look like a boundary count, too.
      if (++this.#seen > FORM_FIELDS + 1) throw invalid("it has too many parts");
      const end = this.#find() + this.#boundary.length;
      this.#position = end;
      delimiter = this.#lineAt(end);
    }
    this.#position = delimiter.end - 2;
    return delimiter;
  }

  /** @returns the position of the line end before a boundary; -2 for the boundary at the beginning, which has none */
  #find(): number {
    const body = this.#body;
    const boundary = this.#boundary;
    const first = boundary.subarray(2);
    if (this.#seen === 1 && first.equals(body.subarray(0, first.length))) return -2;
    const found = body.indexOf(boundary, this.#position);
    if (found < 0) throw invalid("its last boundary is missing");
    return found;
  }

  /**
   * @param end the end of the boundary
   * @returns null if the line goes on: then it is content
   */
  #lineAt(end: number): Delimiter | null {
    const body = this.#body;
    const start = Math.max(end - this.#boundary.length, 0);
    if (body[end] === HYPHEN && body[end + 1] === HYPHEN) {
      return { start, end: body.length, closes: true };
    }
    let position = end;
    while (body[position] === SPACE || body[position] === TAB) position++;
    if (body[position] !== CR || body[position + 1] !== LF) return null;
    return { start, end: position + 2, closes: false };
  }
}

function appendPart(form: FormData, fieldLines: string, raw: Buffer): void {
  const fields = partFields(fieldLines);
  const disposition = parameters(fields.get("content-disposition") ?? "", "form-data");
  const name = disposition?.get("name");
  if (disposition === null || name === undefined) throw invalid("a part has no name");
  const isBase64 = fields.get("content-transfer-encoding")?.toLowerCase() === "base64";
  const bytes = isBase64 ? Buffer.from(raw.toString("latin1"), "base64") : raw;
  const filename = fileName(disposition);
  if (filename === undefined) form.append(unescaped(name), bytes.toString("utf8"));
  else {
    // The default of RFC 7578 §4.4.
    const type = fields.get("content-type") ?? "text/plain";
    form.append(unescaped(name), new File([new Uint8Array(bytes)], unescaped(filename), { type }));
  }
}

function partFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  // A line that begins with a blank continues the one before (RFC 5322 §2.2.3).
  for (const line of text.replace(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) throw invalid("a part has a field without a name");
    fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return fields;
}

/**
 * The name of a part's file. RFC 7578 §4.2 forbids `filename*` (RFC 8187) in a form, but .NET sends it beside a `filename` of fewer
 * characters.
 * @returns undefined if the part is not a file
 */
function fileName(disposition: ReadonlyMap<string, string>): string | undefined {
  const filename = disposition.get("filename");
  const extended = disposition.get("filename*");
  if (extended === undefined) return filename;
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(extended)?.[1];
  // A part with a name of another charset is still a file.
  if (encoded === undefined) return filename ?? "";
  try {
    return decodeURIComponent(encoded);
  } catch {
    return filename ?? "";
  }
}

/** Decodes the characters that browsers encode in a name (HTML standard, "multipart/form-data encoding algorithm"). */
function unescaped(name: string): string {
  return name.replace(/%(?:22|0d|0a)/gi, decodeURIComponent);
}

/**
 * A parameter: a name and a value, with or without quotation marks; or nothing, behind a last semicolon. A quotation mark behind a
 * backslash is a part of the value, unless another parameter or the end follows: browsers do not escape a backslash, so that a
 * name may end in one.
 *
 * No two adjacent repetitions match the same characters: with them 8,000 blanks took 200 ms.
 */
const PARAMETER =
  /[ \t]*;[ \t]*(?:([^\s=;"]+)[ \t]*=[ \t]*(?:"((?:\\"(?![ \t]*(?:$|;[ \t]*(?:$|[\w*-]+[ \t]*=)))|[^"])*)"[ \t]*|([^;"]*)))?/y;

/**
 * The parameters of a value such as `form-data; name="a"`, with their names in lower case. A backslash escapes a quotation mark only:
 * browsers send the paths of Windows as they are.
 * @returns null if the value is not `expected`, or if other text than parameters follows
 */
function parameters(value: string, expected: string): Map<string, string> | null {
  const semicolon = value.indexOf(";");
  const end = semicolon < 0 ? value.length : semicolon;
  if (value.slice(0, end).trim().toLowerCase() !== expected) return null;
  const found = new Map<string, string>();
  for (let position = end; position < value.length; position = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = position;
    const match = PARAMETER.exec(value);
    if (match === null) return null;
    const [, name, quoted, plain] = match;
    if (name === undefined) continue;
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, quoted?.replaceAll('\\"', '"') ?? plain!.trim());
  }
  return found;
}

function invalid(reason: string): TypeError {
  return new TypeError(`The body is not multipart/form-data: ${reason}`);
}
