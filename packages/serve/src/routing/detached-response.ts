import { FieldBlock, Fields, type IncomingRequest, type OutgoingResponse } from "@mantou/http1";
import type { BodyInput } from "../fetch/extract-body.ts";
import { FileBlob } from "../fetch/file-blob.ts";
import { platform } from "../fetch/platform.ts";
import { Response } from "../fetch/response.ts";
import { StaticResponse } from "../http/cached-response.ts";
import { FileResponse, planFile } from "../http/file-plan.ts";
import { fromForeign } from "../http/foreign-response.ts";
import { PreparedResponse } from "../http/outgoing.ts";
import { fileContent } from "./routes.ts";

/**
 * What handlers and routes made of a request, as the client would get it: with the request's conditions and range, and to HEAD
 * without content. It is for `server.fetch`, whose requests come over no connection.
 * @throws what makes the response one that cannot be sent, as on the wire
 */
export function detach(request: Request, answer: unknown): globalThis.Response {
  if (answer instanceof PreparedResponse) return fromPrepared(request, answer);
  if (answer instanceof FileResponse) return fromFile(request, answer);
  // Another value than a response is answered without content.
  const response = (
    answer instanceof platform.Response
      ? answer
      : (fromForeign(answer) ?? new Response(null, { status: 204 }))
  ) as globalThis.Response;
  if (response.type === "error") throw new TypeError("An error response cannot be sent");
  if (response.status === 101) {
    throw new TypeError("A protocol is switched by server.upgrade(), not by a response");
  }
  if (response.bodyUsed)
    throw new TypeError("The response's body has already been used: make a new Response each time");
  const content = fileContent(response);
  if (content !== null) return fromFile(request, FileResponse.open(content, true));
  if (request.method !== "HEAD") return response;
  const { status, statusText, headers, body } = response;
  // Its source must hear that nothing of it is wanted.
  body?.cancel().catch(() => {});
  return new Response(null, { status, statusText, headers }) as globalThis.Response;
}

function fromPrepared(request: Request, answer: PreparedResponse): globalThis.Response {
  const unsent = answer instanceof StaticResponse ? answer.unsent(headOf(request)) : null;
  if (unsent !== null) return make(request, unsent, "");
  const { head, content } = answer;
  return make(request, head, content, content?.length === 0 ? null : content);
}

function fromFile(request: Request, answer: FileResponse): globalThis.Response {
  const { source } = answer.file;
  try {
    const { head, hasContent, position, length } = planFile(headOf(request), answer);
    const part = new FileBlob(source, undefined, position, position + length);
    return make(request, head, hasContent ? part : "", part as unknown as BodyInput);
  } finally {
    // The client may never read it.
    answer.file.close();
  }
}

/** @param content whose length is told; null if it has none that belongs to the answer */
function make(
  { method }: Request,
  { status, reason = "", fields }: OutgoingResponse,
  content: string | Uint8Array | FileBlob | null,
  body: BodyInput = null,
): globalThis.Response {
  const block = fields instanceof FieldBlock ? fields : new FieldBlock(fields ?? []);
  const { list } = new Fields(block.text, 0, block.text.length);
  const headers = list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1]!] as [string, string]] : []));
  const hasLength = status !== 204 && status !== 304 && (content !== null || method !== "HEAD");
  if (hasLength) headers.push(["Content-Length", `${content === null ? 0 : byteLength(content)}`]);
  const sent = content === null || content === "" || method === "HEAD" ? null : body;
  return new Response(sent, { status, statusText: reason, headers }) as globalThis.Response;
}

function byteLength(content: string | Uint8Array | FileBlob): number {
  if (typeof content === "string") return Buffer.byteLength(content);
  return content instanceof Uint8Array ? content.byteLength : content.size;
}

/** The request's fields, as a connection gives them to whatever looks at conditions and ranges. */
function headOf({ method, headers }: Request): IncomingRequest {
  const { text } = new FieldBlock([...headers].flat());
  return { method, fields: new Fields(text, 0, text.length) } as IncomingRequest;
}
