import type { OutgoingResponse } from "@mantou/http1";
import type { Encoding } from "../api/compress.ts";
import { cancelStream } from "../fetch/streams.ts";
import { fieldList, type Outgoing, type StreamResponse, WholeResponse } from "../http/outgoing.ts";
import { joinChunks, readAhead } from "../http/read-ahead.ts";
import { closedError, type RequestContext } from "../http/request-context.ts";
import { adviseOn } from "../http/respond.ts";
import { declaredFor, endsWithHead } from "../http/send-stream.ts";
import type { AcceptedEncodings } from "./accept-encoding.ts";
import type { Compression } from "./compression.ts";
import { encodeWhole } from "./encode-whole.ts";
import { streamSource } from "./piece-sources.ts";
import { describe, encodedFields, headWith, unsentByTag, withVary } from "./representation.ts";

/**
 * Encodes a response whose body is a stream. What the stream has ready as a whole becomes a whole response, since its length decides whether it is
 * compressed. Else each chunk is compressed as it comes, and its bytes leave before the next one comes.
 * @param isDevelopment a body of another class is looked at, as `respond` does
 */
export function encodeStream(
  compression: Compression,
  context: RequestContext,
  response: StreamResponse,
  accepted: AcceptedEncodings,
  isDevelopment: boolean,
): Outgoing | Promise<Outgoing | null> {
  const { head, stream, length } = response;
  const request = context.head;
  const list = fieldList(head);
  const given = describe(head.status, list);
  const form = compression.formOf(request, head.status, given, accepted);
  if (form === "as-is") return response;
  if (form === "refused") {
    cancelStream(stream, undefined);
    return compression.notAcceptable;
  }
  const isShort = length !== undefined && length < compression.threshold && !accepted.refusesIdentity;
  if (form === "identity" || isShort) return { ...response, head: headWith(head, withVary(list)) };
  const fields = encodedFields(list, form);
  const unsent = unsentByTag(request, given, fields, form);
  if (unsent !== null) {
    cancelStream(stream, undefined);
    return new WholeResponse(unsent, "");
  }
  return encodeRead(compression, context, response, accepted, form, headWith(head, fields), isDevelopment);
}

async function encodeRead(
  compression: Compression,
  context: RequestContext,
  { head, stream, length, isForeign }: StreamResponse,
  accepted: AcceptedEncodings,
  encoding: Encoding,
  encodedHead: OutgoingResponse,
  isDevelopment: boolean,
): Promise<Outgoing | null> {
  const reader = stream.getReader();
  const cancel = (reason: unknown): void => cancelStream(reader, reason);
  context.onAbort = cancel;
  try {
    const ahead = await readAhead(reader, () => context.aborted);
    if (ahead === null) {
      cancel(closedError());
      return null;
    }
    if (ahead.ended) {
      const body = joinChunks(ahead.ready.take());
      if (isDevelopment && isForeign) adviseOn(body);
      return await encodeWhole(compression, context.head, new WholeResponse(head, body, length), accepted);
    }
    if (endsWithHead(context.head.method, head.status)) {
      cancel(undefined);
      return new WholeResponse(encodedHead, null);
    }
    const source = streamSource(reader, ahead, declaredFor(ahead, length));
    return {
      kind: "stream",
      head: encodedHead,
      stream: compression.stream(source, encoding, true),
      length: undefined,
      isForeign: false,
    };
  } catch (error) {
    cancel(error);
    throw error;
  } finally {
    context.onAbort = null;
  }
}
