import { isCached } from "../http/cached-response.ts";
import type { ResponseEncoder } from "../http/host.ts";
import type { Outgoing, WholeResponse } from "../http/outgoing.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { ResolvedCompress } from "../options/compress-options.ts";
import { Compression } from "./compression.ts";
import { FileEncoder } from "./encode-file.ts";
import { encodeStream } from "./encode-stream.ts";
import { CachedForms, encodeWhole } from "./encode-whole.ts";
import { KeptFiles } from "./kept-files.ts";

/** Compresses the responses of a server, as the option `compress` says. */
export class Encoder implements ResponseEncoder {
  readonly #compression: Compression;
  readonly #files: FileEncoder;
  /** The forms of static responses. */
  readonly #cached = new WeakMap<WholeResponse, CachedForms>();
  readonly #isDevelopment: boolean;

  constructor(options: ResolvedCompress, isDevelopment: boolean) {
    this.#compression = new Compression(options);
    this.#files = new FileEncoder(this.#compression, new KeptFiles());
    this.#isDevelopment = isDevelopment;
  }

  encode(context: RequestContext, outgoing: Outgoing): Outgoing | Promise<Outgoing | null> {
    const compression = this.#compression;
    const accepted = compression.accept(context.head.fields.get("accept-encoding"));
    switch (outgoing.kind) {
      case "whole":
        if (!isCached(outgoing)) return encodeWhole(compression, context.head, outgoing, accepted);
        return this.#formsOf(outgoing).encode(compression, context.head, accepted);
      case "stream":
        return encodeStream(compression, context, outgoing, accepted, this.#isDevelopment);
      case "file":
        return this.#files.encode(context.head, outgoing, accepted);
    }
  }

  #formsOf(whole: WholeResponse): CachedForms {
    let forms = this.#cached.get(whole);
    if (forms === undefined) {
      forms = new CachedForms(whole);
      this.#cached.set(whole, forms);
    }
    return forms;
  }
}
