import type { CachedHead } from "./cached-head.ts";
import { UsageError } from "./errors.ts";
import {
  fieldLinesEnd,
  isFieldValue,
  isToken,
  listMembers,
  parseContentLength,
  trimWhitespace,
} from "./grammar.ts";

/** Fields as a list: name, value, name, value … */
export type FieldList = readonly string[];

// The connections' part of the classes below: functions, and not members that an application would see on its objects.

/** Whether `text` from `start` to `end` is these very fields, letter by letter. */
export let isWrittenAs: (fields: Fields, text: string, start: number, end: number) => boolean;

/** The beginning of the last response with these fields, which its writer has cached. */
export let cachedHeadOf: (block: FieldBlock) => CachedHead | null;
export let cacheHead: (block: FieldBlock, head: CachedHead) => void;

/** The fields of a received head: a view on its text that is split on first use, because most handlers never use it. */
export class Fields {
  readonly #text: string;
  #list: string[] | null = null;
  /** The same, frozen: to freeze it at each call was a tenth of a static route's CPU time in user mode. */
  #frozen: FieldList | null = null;

  /** `text` from `start` to `end` must be whole field lines that `fieldLinesEnd` has approved. */
  constructor(text: string, start: number, end: number) {
    this.#text = text.slice(start, end);
  }

  /**
   * The fields in the order and with the letters that were received. Values are trimmed. The list is frozen: the next request
   * of the connection has the same list if its header section is the same.
   */
  get list(): FieldList {
    this.#frozen ??= Object.freeze(this.#parts());
    return this.#frozen;
  }

  /** The value of the field, several values joined by ", " (RFC 9110 §5.3); null if there is none. The name's letter case does not matter. */
  get(name: string): string | null {
    const list = this.#parts();
    const wanted = name.toLowerCase();
    let value: string | null = null;
    for (let i = 0; i < list.length; i += 2) {
      const candidate = list[i]!;
      if (candidate.length !== wanted.length || candidate.toLowerCase() !== wanted) continue;
      value = value === null ? list[i + 1]! : `${value}, ${list[i + 1]!}`;
    }
    return value;
  }

  static {
    isWrittenAs = (fields, text, start, end) =>
      end - start === fields.#text.length && text.slice(start, end) === fields.#text;
  }

  #parts(): string[] {
    this.#list ??= this.#split();
    return this.#list;
  }

  #split(): string[] {
    const list: string[] = [];
    const text = this.#text;
    for (let position = 0; position < text.length; ) {
      const colon = text.indexOf(":", position);
      // Every line ends in CRLF, and a search for one character takes half the time of one for two.
      const lineEnd = text.indexOf("\n", colon) - 1;
      list.push(text.slice(position, colon), trimWhitespace(text, colon + 1, lineEnd));
      position = lineEnd + 2;
    }
    return list;
  }
}

/** A section without any field. */
export const noFields: Fields = new Fields("", 0, 0);

/**
 * Fields to send, checked and written out once, so that a server that always sends the same fields pays once.
 * The connection chooses Transfer-Encoding; it is refused here.
 */
export class FieldBlock {
  /** The field lines as they go on the wire, each with its CRLF. */
  readonly text: string;
  /** The declared length of the content; null if the connection finds it out. */
  readonly contentLength: number | null;
  /** The application set `Connection: close`. */
  readonly close: boolean;
  /** The application set Date itself. */
  readonly hasDate: boolean;
  /** The value of Upgrade, several joined; null if there is none. */
  readonly upgrade: string | null;
  /** There is an Upgrade field without the connection option that RFC 9110 §7.8 demands. */
  readonly upgradeUnlisted: boolean;
  /** The application set the connection option `upgrade`. */
  readonly #upgradeListed: boolean;
  #cachedHead: CachedHead | null = null;

  /**
   * @param base fields that come before these
   * @throws UsageError for a name that is not a token, a value that is missing, no string, or has CR, LF, NUL or another
   *   control character or one past U+00FF (RFC 9110 §5.5), a Transfer-Encoding, or an invalid or repeated Content-Length
   */
  constructor(list: FieldList, base?: FieldBlock) {
    let text = base?.text ?? "";
    let contentLength = base?.contentLength ?? null;
    let close = base?.close ?? false;
    let hasDate = base?.hasDate ?? false;
    let upgrade = base?.upgrade ?? null;
    let upgradeListed = base === undefined ? false : base.#upgradeListed;
    for (let i = 0; i < list.length; i += 2) {
      const name = list[i]!;
      const value = list[i + 1];
      if (!isToken(name)) throw new UsageError(`A field name must be a token, not ${JSON.stringify(name)}`);
      if (typeof value !== "string" || !isFieldValue(value)) throw new UsageError(faultOfValue(name, value));
      switch (name.toLowerCase()) {
        case "transfer-encoding":
          throw new UsageError("Transfer-Encoding is chosen by the connection, not by the application");
        case "content-length": {
          const length = parseContentLength(value);
          if (length === null || !Number.isSafeInteger(length) || contentLength !== null) {
            throw new UsageError(`Content-Length must be one row of digits, not ${JSON.stringify(value)}`);
          }
          contentLength = length;
          continue;
        }
        case "connection": {
          // The connection adds `close` and `keep-alive` itself: only it knows whether they will be true.
          const options = listMembers(value);
          close ||= options.includes("close");
          upgradeListed ||= options.includes("upgrade");
          const others = options.filter((option) => option !== "close" && option !== "keep-alive");
          if (others.length === options.length) break;
          if (others.length > 0) text += `${name}: ${others.join(", ")}\r\n`;
          continue;
        }
        case "upgrade":
          upgrade = upgrade === null ? value : `${upgrade}, ${value}`;
          break;
        case "date":
          hasDate = true;
      }
      text += `${name}: ${value}\r\n`;
    }
    this.text = text;
    this.contentLength = contentLength;
    this.close = close;
    this.hasDate = hasDate;
    this.upgrade = upgrade;
    this.upgradeUnlisted = upgrade !== null && !upgradeListed;
    this.#upgradeListed = upgradeListed;
  }

  static {
    cachedHeadOf = (block) => block.#cachedHead;
    cacheHead = (block, head) => {
      block.#cachedHead = head;
    };
  }
}

/** Why `value` cannot be the value of the field; `unknown`, because an application in JavaScript can give anything. */
function faultOfValue(name: string, value: unknown): string {
  if (value === undefined) return `The field ${name} has no value`;
  if (typeof value !== "string")
    return `The value of the field ${name} must be a string, not ${typeof value}`;
  return `The value of the field ${name} contains a character that HTTP cannot carry`;
}

/** The fields of `text`; null unless it consists of valid field lines. */
export function parseFields(text: string): Fields | null {
  return fieldLinesEnd(text, 0) === text.length ? new Fields(text, 0, text.length) : null;
}
