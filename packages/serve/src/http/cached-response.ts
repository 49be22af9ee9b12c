import { FieldBlock, Fields, type IncomingRequest, type OutgoingResponse } from "@mantou/http1";
import { evaluateConditions, isConditional, type Validators } from "./conditional.ts";
import { strongETag } from "./etag.ts";
import { FileHead } from "./file-head.ts";
import { PreparedResponse } from "./outgoing.ts";

/** A route's response that is always the same, with all that it can be answered with made beforehand. */
export class StaticResponse extends PreparedResponse {
  readonly #validators: Validators;
  readonly #notModified: OutgoingResponse;
  readonly #failed: OutgoingResponse;

  private constructor(
    head: OutgoingResponse,
    content: PreparedResponse["content"],
    length: number | undefined,
    said: FileHead,
  ) {
    super(head, content, length);
    this.#validators = { etag: said.etag, lastModified: said.ownLastModified };
    this.#notModified = said.unsent(304, null);
    this.#failed = said.unsent(412, null);
  }

  /**
   * Adds an entity tag, unless there is one or no content. Only a 200 is open to conditions (RFC 9110 §13.2.1); the
   * others stay what they are.
   */
  static of({ head, content, length }: PreparedResponse): PreparedResponse {
    const block = head.fields instanceof FieldBlock ? head.fields : new FieldBlock(head.fields ?? []);
    const list = [...new Fields(block.text, 0, block.text.length).list];
    // A block does not repeat what it says of framing.
    if (block.close) list.push("Connection", "close");
    if (block.contentLength !== null) list.push("Content-Length", `${block.contentLength}`);
    const untagged = new FileHead(head.status, head.reason ?? "", list);
    if (untagged.etag === null && content !== null && content.length > 0)
      list.push("ETag", strongETag(content));
    const said = new FileHead(head.status, head.reason ?? "", list);
    // What GET gets has a length, if only 0, and HEAD says the same (RFC 9110 §8.6).
    const whole = content ?? "";
    const tagged: OutgoingResponse = { ...head, fields: new FieldBlock(list) };
    return head.status === 200
      ? new StaticResponse(tagged, whole, length, said)
      : new PreparedResponse(tagged, whole, length);
  }

  /** What is said in place of the response if the request's conditions want that; else null. */
  unsent({ method, fields }: IncomingRequest): OutgoingResponse | null {
    if (!isConditional(fields) || (method !== "GET" && method !== "HEAD")) return null;
    const outcome = evaluateConditions(fields, this.#validators);
    return outcome === "proceed" ? null : outcome === "failed" ? this.#failed : this.#notModified;
  }
}
