import type { IncomingRequest, OutgoingResponse } from "@mantou/http1";
import { type FileBlob, fileRange, fileSource } from "../fetch/file-blob.ts";
import { evaluateConditions, isConditional, rangeAllowed, type Validators } from "./conditional.ts";
import type { FileHead } from "./file-head.ts";
import { OpenFile } from "./open-file.ts";
import { parseRange } from "./range.ts";

export type OpenSidecar = (path: string) => OpenFile | null;

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
   * @param openSidecar opens a file beside it, if one may be sent in its place
   * @throws the operating system's error; `OpenFile.isMissing` tells whether there is no such file
   */
  open(isPart: boolean, openSidecar: OpenSidecar | null = null): OpenedFile {
    const file = OpenFile.openRegular(fileSource(this.blob));
    return new OpenedFile(file, this.head, this.blob, isPart, openSidecar);
  }
}

/** A response whose body is a file that has been opened: it is sent, or closed. */
export class OpenedFile {
  readonly kind = "file";
  readonly file: OpenFile;
  head: FileHead;
  /** The time of its last change, in milliseconds. */
  modifiedMs: number;
  /** Opens the file of a path that is beside it; null (returns) if there is none. Null if none is looked for. */
  readonly openSidecar: OpenSidecar | null;
  /** The representation: all of the file, or what a slice leaves of it. */
  readonly start: number;
  readonly end: number;
  /** The representation is the whole file, and only a part of it was chosen: by a handler that reads Range itself. */
  readonly partial: boolean;
  /** A handler that reads Range itself has chosen no byte of a file that has some. */
  readonly emptyPart: boolean;

  /** @param isPart a slice is sent as the part of its file (206), and not as a representation of its own */
  constructor(
    file: OpenFile,
    head: FileHead,
    blob: FileBlob | null,
    isPart: boolean,
    openSidecar: OpenSidecar | null = null,
  ) {
    this.file = file;
    this.head = head;
    this.modifiedMs = file.stats.mtimeMs;
    this.openSidecar = openSidecar;
    const { start, end } = blob === null ? { start: 0, end: file.size } : fileRange(blob, file.size);
    this.start = start;
    this.end = end;
    // RFC 9110 §14.4: an empty part has no Content-Range.
    const canBePart = head.status === 200 || head.status === 206;
    this.partial = isPart && end - start < file.size && end > start && canBePart;
    this.emptyPart = isPart && end <= start && file.size > 0;
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
export function planFile(request: IncomingRequest, opened: OpenedFile): FileReply {
  const { head, start, end, partial } = opened;
  const { method, fields } = request;
  const modified = modifiedSeconds(opened);
  const size = end - start;
  const unsent = unsentHead(request, head, modified);
  if (unsent !== null) return { head: unsent, hasBody: false, position: 0, length: 0 };
  if (head.status === 200 && (method === "GET" || method === "HEAD")) {
    if (partial) return planPart(opened, modified);
    // RFC 9110 §14.2: Range is defined for GET alone.
    const isDivisible = head.hasRanges && !head.hasContentRange && !opened.emptyPart;
    const wanted = method === "GET" && isDivisible ? fields.get("range") : null;
    if (wanted !== null && rangeAllowed(fields, validatorsOf(head, modified))) {
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
  // RFC 9110 §15.3.7: a handler that says 206 itself sends a part, too.
  if (partial && head.status === 206) return planPart(opened, modified);
  return { head: head.whole(modified), hasBody: true, position: start, length: size };
}

/**
 * The head of the response without a body that the request's conditions want (RFC 9110 §13.2.2). They apply to a 200 alone.
 * @param modified seconds, by `modifiedSeconds`
 * @returns null if the file is sent
 */
export function unsentHead(
  { method, fields }: IncomingRequest,
  head: FileHead,
  modified: number,
): OutgoingResponse | null {
  if (head.status !== 200 || (method !== "GET" && method !== "HEAD") || !isConditional(fields)) return null;
  const outcome = evaluateConditions(fields, validatorsOf(head, modified));
  return outcome === "proceed" ? null : head.unsent(outcome === "not-modified" ? 304 : 412, modified);
}

function validatorsOf({ etag, ownLastModified }: FileHead, modified: number): Validators {
  return { etag, lastModified: ownLastModified ?? modified };
}

/** RFC 9110 §8.8.2.1: not later than the response itself. */
export function modifiedSeconds({ modifiedMs }: OpenedFile): number {
  return Math.floor(Math.min(modifiedMs, Date.now()) / 1000);
}

function planPart({ head, file, start, end }: OpenedFile, modified: number): FileReply {
  const contentRange = `bytes ${start}-${end - 1}/${file.size}`;
  return {
    head: head.ranged(206, modified, contentRange),
    hasBody: true,
    position: start,
    length: end - start,
  };
}
