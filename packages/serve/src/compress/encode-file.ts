import type { Fields, IncomingRequest } from "@mantou/http1";
import type { Encoding } from "../api/compress.ts";
import { hasRangeDate } from "../http/conditional.ts";
import { FileHead } from "../http/file-head.ts";
import { modifiedSeconds, OpenedFile, unsentHead } from "../http/file-plan.ts";
import type { OpenFile } from "../http/open-file.ts";
import { type Outgoing, WholeResponse } from "../http/outgoing.ts";
import type { AcceptedEncodings } from "./accept-encoding.ts";
import type { Compression } from "./compression.ts";
import type { KeptFiles } from "./kept-files.ts";
import { openFileSource, readWholeFile } from "./piece-sources.ts";
import { describe, encodedFields, withVary } from "./representation.ts";

/** The extension of the file beside a file that is its compressed form. */
const EXTENSIONS: Readonly<Record<Encoding, string>> = { br: ".br", zstd: ".zst", gzip: ".gz" };

/** A larger file is compressed anew for each request, while it is sent. */
const KEPT_FILE_BYTES = 1024 * 1024;

/** The heads of a file's forms. */
interface FileForms {
  readonly identity: FileHead;
  readonly encoded: Map<Encoding, FileHead>;
}

/** Encodes the responses of one server whose body is a file. */
export class FileEncoder {
  readonly #compression: Compression;
  readonly #kept: KeptFiles;
  /** By the head of a route's file, or of a handler's response. */
  readonly #forms = new WeakMap<FileHead, FileForms>();

  constructor(compression: Compression, kept: KeptFiles) {
    this.#compression = compression;
    this.#kept = kept;
  }

  /** The file is closed, unless the response is one of the file. */
  encode(
    request: IncomingRequest,
    opened: OpenedFile,
    accepted: AcceptedEncodings,
  ): Outgoing | Promise<Outgoing> {
    const { file, head, partial } = opened;
    // The slice of a handler is sent as a part (206).
    if (partial) return opened;
    const { method, fields } = request;
    const form = this.#compression.formOf(request, head.status, describe(head.status, head.list), accepted);
    if (form === "as-is") return opened;
    const forms = this.#formsOf(head);
    if (method === "GET" && head.status === 200 && wantsPart(fields, accepted))
      return asIdentity(opened, forms);
    // It needs no compression here, and so may have a coding that this Node.js lacks.
    const beside = this.#openBeside(opened, forms, accepted);
    if (beside !== null) return beside;
    if (form === "identity") return asIdentity(opened, forms);
    if (form !== "refused") return this.#compressed(request, opened, forms, form, accepted);
    file.close();
    return this.#compression.notAcceptable;
  }

  /** The file beside the file that is its compressed form, in the coding that the client likes best; null if there is none. */
  #openBeside(opened: OpenedFile, forms: FileForms, { encodings }: AcceptedEncodings): OpenedFile | null {
    const { file, openSidecar, start, end } = opened;
    if (openSidecar === null || typeof file.source !== "string" || start > 0 || end < file.size) return null;
    for (const encoding of encodings) {
      const beside = openSidecar(file.source + EXTENSIONS[encoding]);
      if (beside === null) continue;
      if (isUsable(beside, file)) {
        const sent = new OpenedFile(beside, headOf(forms, opened.head, encoding), null, false);
        // A new version of the file is what makes another response, and not that of the file beside it.
        sent.modifiedMs = opened.modifiedMs;
        file.close();
        return sent;
      }
      beside.close();
    }
    return null;
  }

  #compressed(
    request: IncomingRequest,
    opened: OpenedFile,
    forms: FileForms,
    encoding: Encoding,
    { refusesIdentity }: AcceptedEncodings,
  ): Outgoing | Promise<Outgoing> {
    const { file, start, end } = opened;
    const size = end - start;
    if (size === 0 || (size < this.#compression.threshold && !refusesIdentity))
      return asIdentity(opened, forms);
    const head = headOf(forms, opened.head, encoding);
    const modified = modifiedSeconds(opened);
    const unsent = unsentHead(request, head, modified);
    if (unsent !== null) {
      file.close();
      return new WholeResponse(unsent, "");
    }
    // A client that takes no other form may ask so for any file: what is kept is for all clients.
    if (size <= KEPT_FILE_BYTES && !refusesIdentity) {
      return this.#keptForm(file, start, end, encoding).then(
        (bytes) => {
          if (bytes === null) return asIdentity(opened, forms);
          file.close();
          return new WholeResponse(head.whole(modified), bytes);
        },
        // It has changed meanwhile, perhaps, or cannot be read: the one that sends it finds out what is the matter.
        () => asIdentity(opened, forms),
      );
    }
    if (request.method === "HEAD") {
      file.close();
      return new WholeResponse(head.whole(modified), null);
    }
    const stream = this.#compression.stream(openFileSource(file, start, end), encoding, false);
    return { kind: "stream", head: head.whole(modified), stream, length: undefined, isForeign: false };
  }

  /** @returns null (resolves) for a file that compression does not make shorter */
  #keptForm(file: OpenFile, start: number, end: number, encoding: Encoding): Promise<Uint8Array | null> {
    return this.#kept.get(file, start, end, encoding, async (isKept) => {
      const bytes = await readWholeFile(file, start, end);
      const compressed = isKept
        ? await this.#compression.compressKept(bytes, encoding)
        : await this.#compression.compress(bytes, encoding);
      return compressed.length < bytes.length ? compressed : null;
    });
  }

  #formsOf(head: FileHead): FileForms {
    let forms = this.#forms.get(head);
    if (forms === undefined) {
      forms = {
        identity: new FileHead(head.status, head.statusText, withVary(head.list)),
        encoded: new Map(),
      };
      this.#forms.set(head, forms);
    }
    return forms;
  }
}

function headOf(
  { encoded }: FileForms,
  { status, statusText, list }: FileHead,
  encoding: Encoding,
): FileHead {
  let head = encoded.get(encoding);
  if (head === undefined) {
    head = new FileHead(status, statusText, encodedFields(list, encoding), false);
    encoded.set(encoding, head);
  }
  return head;
}

function asIdentity(opened: OpenedFile, { identity }: FileForms): OpenedFile {
  opened.head = identity;
  return opened;
}

/**
 * A part is one of the body without coding, and a client that refuses that gets the whole (RFC 9110 §14.2). So does one that accepts a coding and
 * shows a date: it may have the beginning of the compressed bytes, whose date is the same.
 */
function wantsPart(fields: Fields, { encodings, refusesIdentity }: AcceptedEncodings): boolean {
  if (fields.get("range") === null || refusesIdentity) return false;
  return encodings.length === 0 || !hasRangeDate(fields);
}

/** An older one is of an earlier version of the file. */
function isUsable(beside: OpenFile, file: OpenFile): boolean {
  return beside.stats.isFile() && beside.size > 0 && beside.stats.mtimeMs >= file.stats.mtimeMs;
}
