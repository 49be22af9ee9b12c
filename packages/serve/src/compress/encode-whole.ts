import { Buffer } from "node:buffer";
import type { IncomingRequest } from "@mantou/http1";
import type { Encoding } from "../api/compress.ts";
import { cachedResponse } from "../http/cached-response.ts";
import type { ConditionalHeads } from "../http/conditional.ts";
import { fieldList, type StreamResponse, WholeResponse } from "../http/outgoing.ts";
import type { AcceptedEncodings } from "./accept-encoding.ts";
import type { Compression } from "./compression.ts";
import { bytesSource } from "./piece-sources.ts";
import {
  describe,
  encodedFields,
  headWith,
  notModifiedFields,
  unsentByTag,
  withoutStrongTag,
  withVary,
} from "./representation.ts";

/** A longer body is compressed while it is sent: a client that goes away ends that, and a slow one is waited for. */
const STREAMED_BYTES = 1024 * 1024;

/** Encodes a response that a handler has made. */
export function encodeWhole(
  compression: Compression,
  request: IncomingRequest,
  whole: WholeResponse,
  accepted: AcceptedEncodings,
): WholeResponse | StreamResponse | Promise<WholeResponse> {
  const { head, body } = whole;
  const list = fieldList(head);
  const given = describe(head.status, list);
  if (head.status === 304) {
    const fields = notModifiedFields(request, list, given.etag, compression.encodings);
    return new WholeResponse(headWith(head, fields), body, whole.length);
  }
  const form = compression.formOf(request, head.status, given, accepted);
  if (form === "as-is") return whole;
  if (form === "refused") return compression.notAcceptable;
  const identity = (): WholeResponse => new WholeResponse(headWith(head, withVary(list)), body, whole.length);
  // A handler of HEAD alone may say how long the body for GET would be.
  const hasBody = body !== null && body.length > 0;
  const size = hasBody ? byteLength(body) : request.method === "HEAD" ? (whole.length ?? 0) : 0;
  const isUnknown = request.method === "HEAD" && body === null && whole.length === undefined;
  const isShort = size === 0 || (size < compression.threshold && !accepted.refusesIdentity);
  if (form === "identity" || (isShort && !isUnknown)) return identity();
  const fields = encodedFields(list, form);
  const unsent = unsentByTag(request, given, fields, form);
  if (unsent !== null) return new WholeResponse(unsent, "");
  if (isUnknown) return new WholeResponse(headWith(head, withVary(withoutStrongTag(list))), null);
  const encoded = headWith(head, fields);
  // The length that GET would have is not known before it is compressed.
  if (!hasBody || (request.method === "HEAD" && size >= STREAMED_BYTES))
    return new WholeResponse(encoded, null);
  const bytes = toBytes(body);
  if (size >= STREAMED_BYTES) {
    const stream = compression.stream(bytesSource(bytes), form, false);
    return { kind: "stream", head: encoded, stream, length: undefined, isForeign: false };
  }
  const finish = (compressed: Uint8Array): WholeResponse =>
    compressed.length < size || accepted.refusesIdentity
      ? new WholeResponse(encoded, compressed)
      : identity();
  const compressed = compression.compress(bytes, form);
  return compressed instanceof Promise ? compressed.then(finish) : finish(compressed);
}

/** A longer body of a static route is compressed for each request: brotli would take seconds until the first one has it. */
const CACHED_BYTES = 8 * 1024 * 1024;

/** The forms of the response of a static route. Each is made when a client first asks for it. */
export class CachedForms {
  readonly #whole: WholeResponse;
  readonly #list: readonly string[];
  readonly #size: number;
  #identity: WholeResponse | null = null;
  readonly #encoded = new Map<Encoding, WholeResponse | Promise<WholeResponse>>();
  /** Of the forms of a body that is compressed for each request. */
  readonly #conditions = new Map<Encoding, ConditionalHeads | null>();

  constructor(whole: WholeResponse) {
    this.#whole = whole;
    this.#list = fieldList(whole.head);
    this.#size = whole.body === null ? 0 : byteLength(whole.body);
  }

  encode(
    compression: Compression,
    request: IncomingRequest,
    accepted: AcceptedEncodings,
  ): WholeResponse | StreamResponse | Promise<WholeResponse> {
    const { status } = this.#whole.head;
    const form = compression.formOf(request, status, describe(status, this.#list), accepted);
    if (form === "as-is") return this.#whole;
    if (form === "refused") return compression.notAcceptable;
    const isShort = this.#size === 0 || (this.#size < compression.threshold && !accepted.refusesIdentity);
    if (form === "identity" || isShort) return this.#withVary();
    if (this.#size > CACHED_BYTES) {
      const unsent = this.#conditionsOf(form)?.unsent(request) ?? null;
      if (unsent !== null) return new WholeResponse(unsent, "");
      return encodeWhole(compression, request, this.#whole, accepted);
    }
    const choose = (encoded: WholeResponse): WholeResponse =>
      encoded.body!.length < this.#size || accepted.refusesIdentity ? encoded : this.#withVary();
    const encoded = this.#encoded.get(form) ?? this.#make(compression, form);
    return encoded instanceof Promise ? encoded.then(choose) : choose(encoded);
  }

  #conditionsOf(encoding: Encoding): ConditionalHeads | null {
    let conditions = this.#conditions.get(encoding);
    if (conditions === undefined) {
      const fields = encodedFields(this.#list, encoding);
      conditions = cachedResponse(this.#whole.head, fields, "", undefined).conditional;
      this.#conditions.set(encoding, conditions);
    }
    return conditions;
  }

  #withVary(): WholeResponse {
    const { head, body, length } = this.#whole;
    this.#identity ??= cachedResponse(head, withVary(this.#list), body ?? "", length);
    return this.#identity;
  }

  #make(compression: Compression, encoding: Encoding): Promise<WholeResponse> {
    const { head, body } = this.#whole;
    const encoded = compression.compressKept(toBytes(body!), encoding).then((bytes) => {
      const made = cachedResponse(head, encodedFields(this.#list, encoding), bytes, undefined);
      this.#encoded.set(encoding, made);
      return made;
    });
    this.#encoded.set(encoding, encoded);
    // The requests that wait for it get the error.
    encoded.catch(() => this.#encoded.delete(encoding));
    return encoded;
  }
}

function toBytes(body: string | Uint8Array): Uint8Array {
  return typeof body === "string" ? Buffer.from(body) : body;
}

function byteLength(body: string | Uint8Array): number {
  return typeof body === "string" ? Buffer.byteLength(body) : body.length;
}
