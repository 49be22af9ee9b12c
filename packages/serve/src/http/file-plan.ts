import type { IncomingRequest, OutgoingResponse } from "@mantou/http1";
import { type FileBlob, fileRange, fileSource } from "../fetch/file-blob.ts";
import { evaluateConditions, isConditional, rangeAllowed } from "./conditional.ts";
import type { FileHead } from "./file-head.ts";
import { OpenFile } from "./open-file.ts";
import { parseRange } from "./range.ts";

/** A response whose body is a file that has not been looked for yet. */
export class UnopenedFile {
  readonly kind = "unopened";
  readonly blob: FileBlob;
  readonly head: FileHead;

  constructor(blob: FileBlob, head: FileHead) {
    this.blob = blob;
    this.head = head;
  }

  /**
   * @param isPart a slice is sent as the part of its file (206), and not as a representation of its own
   * @throws the operating system's error; `OpenFile.isMissing` tells whether there is no such file
   */
  open(isPart: boolean): OpenedFile {
    return new OpenedFile(OpenFile.openRegular(fileSource(this.blob)), this.head, this.blob, isPart);
  }
}

/** A response whose body is a file that has been opened: it is sent, or closed. */
export class OpenedFile {
  readonly kind = "file";
  readonly file: OpenFile;
  readonly head: FileHead;
  /** The representation: all of the file, or what a slice leaves of it. */
  readonly start: number;
  readonly end: number;
  /** The representation is the whole file, and only a part of it was chosen: by a handler that reads Range itself. */
  readonly partial: boolean;

  /** @param isPart a slice is sent as the part of its file (206), and not as a representation of its own */
  constructor(file: OpenFile, head: FileHead, blob: FileBlob | null, isPart: boolean) {
    this.file = file;
    this.head = head;
    const { start, end } = blob === null ? { start: 0, end: file.size } : fileRange(blob, file.size);
    this.start = start;
    this.end = end;
    // RFC 9110 §14.4: an empty part has no Content-Range.
    this.partial = isPart && end - start < file.size && end > start && head.status === 200;
  }
}

/** What is sent of a file to one request. */
export interface FileReply {
  readonly head: OutgoingResponse;
  /** Whether a body belongs to the response, even if it is empty or, for HEAD, left out. */
  readonly hasBody: boolean;
  /** Where the body begins in the file. */
  readonly position: number;
  /** Bytes of the body. */
  readonly length: number;
}

/** Decides what is sent, by the request's conditions and range (RFC 9110 §13.2.2, §14.2). They apply to a 200 alone. */
export function planFile(
  request: IncomingRequest,
  { head, file, start, end, partial }: OpenedFile,
): FileReply {
  const { method, fields } = request;
  // RFC 9110 §8.8.2.1: not later than the response itself.
  const modified = Math.floor(Math.min(file.stats.mtimeMs, Date.now()) / 1000);
  const size = end - start;
  if (head.status === 200 && (method === "GET" || method === "HEAD")) {
    const validators = { etag: head.etag, lastModified: head.ownLastModified ?? modified };
    if (isConditional(fields)) {
      const outcome = evaluateConditions(fields, validators);
      if (outcome !== "proceed") {
        const unsent = head.unsent(outcome === "not-modified" ? 304 : 412, modified);
        return { head: unsent, hasBody: false, position: 0, length: 0 };
      }
    }
    if (partial) {
      const contentRange = `bytes ${start}-${end - 1}/${file.size}`;
      return {
        head: head.ranged(206, modified, contentRange),
        hasBody: true,
        position: start,
        length: size,
      };
    }
    // RFC 9110 §14.2: Range is defined for GET alone.
    const wanted = method === "GET" && !head.hasContentRange ? fields.get("range") : null;
    if (wanted !== null && rangeAllowed(fields, validators)) {
      const range = parseRange(wanted, size);
      if (range === "unsatisfiable") {
        return {
          head: head.ranged(416, modified, `bytes */${size}`),
          hasBody: false,
          position: 0,
          length: 0,
        };
      }
      if (range !== null) {
        const contentRange = `bytes ${range.start}-${range.end - 1}/${size}`;
        return {
          head: head.ranged(206, modified, contentRange),
          hasBody: true,
          position: start + range.start,
          length: range.end - range.start,
        };
      }
    }
  }
  return { head: head.whole(modified), hasBody: true, position: start, length: size };
}
