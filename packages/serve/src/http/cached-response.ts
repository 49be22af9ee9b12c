import { FieldBlock, type OutgoingResponse } from "@mantou/http1";
import { responseParts } from "../fetch/response.ts";
import { readAll } from "../fetch/streams.ts";
import { ConditionalHeads, strongETag } from "./conditional.ts";
import { FileHead } from "./file-head.ts";
import { fieldList, takeApart, WholeResponse } from "./outgoing.ts";

/**
 * Makes a response ready to be sent any number of times, at once if its body is at hand. The response itself is used up.
 * @param isForHead it is sent to HEAD alone, and so may declare the length of another response, the one to GET
 * @returns a promise for a body that has to be read; it rejects with what cannot be sent or read
 * @throws as `takeApart`
 */
export function cacheResponse(
  response: globalThis.Response,
  isForHead = false,
): WholeResponse | Promise<WholeResponse> {
  const parts = responseParts(response);
  if (parts === null || parts.body.mustBeRead)
    return readWhole(response).then((whole) => withConditions(whole, isForHead));
  const taken = takeApart(response);
  if (taken?.kind !== "whole") throw new TypeError("A file is read anew each time");
  return withConditions(taken, isForHead);
}

/** @throws TypeError (rejects) for a file, whose bytes may be others each time */
async function readWhole(response: globalThis.Response): Promise<WholeResponse> {
  const taken = takeApart(response);
  if (taken?.kind === "whole") return taken;
  if (taken?.kind !== "stream") throw new TypeError("A file is read anew each time");
  return new WholeResponse(taken.head, await readAll(taken.stream), taken.length);
}

const cached = new WeakSet<WholeResponse>();

/** Whether it is made to be sent any number of times. */
export function isCached(whole: WholeResponse): boolean {
  return cached.has(whole);
}

/** Adds an entity tag, unless there is one or no body. */
function withConditions({ head, body, length }: WholeResponse, isForHead: boolean): WholeResponse {
  const list = fieldList(head);
  const untagged = new FileHead(head.status, head.reason ?? "", list);
  if (untagged.etag === null && body !== null && body.length > 0) list.push("ETag", strongETag(body));
  // The response to GET has a length, if only 0, and that to HEAD has the same (RFC 9110 §8.6). A 304 speaks of another response.
  const declared = isForHead || head.status === 304 ? length : undefined;
  const whole = cachedResponse(head, list, body ?? "", declared);
  cached.add(whole);
  return whole;
}

/**
 * A response of the same bytes every time, with these fields. Only a 200 is open to conditions (RFC 9110 §13.2.1); the others stay what they
 * are.
 */
export function cachedResponse(
  head: OutgoingResponse,
  list: readonly string[],
  body: string | Uint8Array,
  length: number | undefined,
): WholeResponse {
  const sent = { ...head, fields: new FieldBlock(list) };
  if (head.status !== 200) return new WholeResponse(sent, body, length);
  const own = new FileHead(head.status, head.reason ?? "", list);
  const validators = { etag: own.etag, lastModified: own.ownLastModified };
  const conditional = new ConditionalHeads(validators, own.unsent(304, null), own.unsent(412, null));
  return new WholeResponse(sent, body, length, conditional);
}
