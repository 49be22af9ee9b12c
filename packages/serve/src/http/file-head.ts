import { FieldBlock, type OutgoingResponse } from "@mantou/http1";
import { formatHTTPDate, parseHTTPDate } from "./http-date.ts";

/** The head of a response whose body is a file, or cached, without the fields that depend on the request and on the file's state. */
export class FileHead {
  readonly status: number;
  /** The reason phrase; "" for the registered one. */
  readonly statusText: string;
  /** name, value, name, value …, without framing. */
  readonly list: readonly string[];
  readonly etag: string | null;
  /** The application's Last-Modified, in seconds; null if the file's is sent. */
  readonly ownLastModified: number | null;
  /** Parts of it can be requested, since the application has not said otherwise (RFC 9110 §14.3). */
  readonly hasRanges: boolean;
  readonly #hasLastModified: boolean;
  /** Empty if the application has set the field, or without ranges. */
  readonly #acceptRanges: readonly string[];
  /** The head of the whole file with this time of modification: made again only after the file has changed. */
  #whole: OutgoingResponse | null = null;
  #wholeModified = Number.NaN;

  constructor(status: number, statusText: string, list: readonly string[], hasRanges = true) {
    this.status = status;
    this.statusText = statusText;
    this.list = list;
    const acceptRanges = firstValue(list, "accept-ranges");
    this.hasRanges = hasRanges && acceptRanges?.toLowerCase() !== "none";
    this.etag = firstValue(list, "etag");
    const lastModified = firstValue(list, "last-modified");
    this.#hasLastModified = lastModified !== null;
    this.#acceptRanges = hasRanges && acceptRanges === null ? ["Accept-Ranges", "bytes"] : [];
    this.ownLastModified = lastModified === null ? null : parseHTTPDate(lastModified);
  }

  get hasContentRange(): boolean {
    return firstValue(this.list, "content-range") !== null;
  }

  /** @param modified seconds */
  whole(modified: number): OutgoingResponse {
    if (this.#whole === null || this.#wholeModified !== modified) {
      const ranges = this.status === 200 ? this.#acceptRanges : [];
      this.#whole = this.#head(this.status, this.#fields(modified, this.list, ranges), this.statusText);
      this.#wholeModified = modified;
    }
    return this.#whole;
  }

  /** @param contentRange the part that follows, or `*` for an unsatisfiable range. The application's own field replaces it. */
  ranged(status: 206 | 416, modified: number, contentRange: string): OutgoingResponse {
    const range = this.hasContentRange ? [] : ["Content-Range", contentRange];
    const fields = [...range, ...this.#acceptRanges];
    return this.#head(status, this.#fields(modified, this.list, fields));
  }

  /**
   * A head without content, and so without the fields that describe it (RFC 9110 §15.4.5).
   * @param modified seconds; null if only the application's field is known
   */
  unsent(status: 304 | 412, modified: number | null): OutgoingResponse {
    return this.#head(status, this.#fields(modified, withoutContentFields(this.list), []));
  }

  #fields(modified: number | null, list: readonly string[], added: readonly string[]): FieldBlock {
    const own = this.#hasLastModified || modified === null ? [] : ["Last-Modified", formatHTTPDate(modified)];
    return new FieldBlock([...list, ...own, ...added]);
  }

  #head(status: number, fields: FieldBlock, reason = ""): OutgoingResponse {
    return reason === "" ? { status, fields } : { status, reason, fields };
  }
}

/** The fields that describe content. `Content-Location` names a resource, and stays. */
const CONTENT_FIELD = /^content-(?!location$|security-policy)/i;

function withoutContentFields(list: readonly string[]): string[] {
  return list.filter((_, i) => !CONTENT_FIELD.test(list[i - (i % 2)]!));
}

/** The value of the first field of that name, which is in lower case; null without such a field. */
function firstValue(list: readonly string[], name: string): string | null {
  for (let i = 0; i < list.length; i += 2) if (list[i]!.toLowerCase() === name) return list[i + 1]!;
  return null;
}
