import type { IncomingRequest, OutgoingResponse } from "@mantou/http1";
import { type FileBlob, fileRange, fileSource } from "../fetch/file-blob.ts";
import { evaluateConditions, isConditional, rangeAllowed } from "./conditional.ts";
import type { FileHead } from "./file-head.ts";
import { OpenFile } from "./open-file.ts";
import { parseRange } from "./range.ts";

/** A response, taken apart, whose content is a file that nobody has looked for yet. */
export class FileContent {
  readonly blob: FileBlob;
  readonly said: FileHead;

  constructor(blob: FileBlob, said: FileHead) {
    this.blob = blob;
    this.said = said;
  }
}

/** A response whose content is a file that has been opened: it is sent, or closed. */
export class FileResponse {
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
    // RFC 9110 §14.4: a part of no byte has no Content-Range.
    this.partial = isPart && end - start < file.size && end > start && head.status === 200;
  }

  /** @throws the operating system's error; `OpenFile.isMissing` tells whether there is no such file */
  static open({ blob, said }: FileContent, isPart: boolean): FileResponse {
    return new FileResponse(OpenFile.openRegular(fileSource(blob)), said, blob, isPart);
  }
}

/** What is sent of a file to one request. */
export interface FilePlan {
  readonly head: OutgoingResponse;
  /** Whether content belongs to the answer, even if it is empty or, to HEAD, is left out. */
  readonly hasContent: boolean;
  /** Where it begins in the file. */
  readonly position: number;
  /** Bytes of content. */
  readonly length: number;
}

/** Decides by the request's conditions and range (RFC 9110 §13.2.2, §14.2) what is sent. Only a 200 is open to them. */
export function planFile(
  request: IncomingRequest,
  { head, file, start, end, partial }: FileResponse,
): FilePlan {
  const { method, fields } = request;
  // RFC 9110 §8.8.2.1: not later than the answer itself.
  const modified = Math.floor(Math.min(file.stats.mtimeMs, Date.now()) / 1000);
  const size = end - start;
  if (head.status === 200 && (method === "GET" || method === "HEAD")) {
    const validators = { etag: head.etag, lastModified: head.ownLastModified ?? modified };
    if (isConditional(fields)) {
      const outcome = evaluateConditions(fields, validators);
      if (outcome !== "proceed") {
        const unsent = head.unsent(outcome === "not-modified" ? 304 : 412, modified);
        return { head: unsent, hasContent: false, position: 0, length: 0 };
      }
    }
    if (partial) {
      const contentRange = `bytes ${start}-${end - 1}/${file.size}`;
      return {
        head: head.ranged(206, modified, contentRange),
        hasContent: true,
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
          hasContent: false,
          position: 0,
          length: 0,
        };
      }
      if (range !== null) {
        const contentRange = `bytes ${range.start}-${range.end - 1}/${size}`;
        return {
          head: head.ranged(206, modified, contentRange),
          hasContent: true,
          position: start + range.start,
          length: range.end - range.start,
        };
      }
    }
  }
  return { head: head.whole(modified), hasContent: true, position: start, length: size };
}
