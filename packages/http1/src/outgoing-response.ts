import { FieldBlock, type FieldList } from "./fields.ts";
import type { StatusLine } from "./status-line.ts";

/** The head of a response to send. */
export interface OutgoingResponse extends StatusLine {
  /** A list, or the same prepared. */
  readonly fields?: FieldBlock | FieldList;
}

const noFields = new FieldBlock([]);

/** @throws UsageError as FieldBlock does */
export function fieldBlock(fields: OutgoingResponse["fields"]): FieldBlock {
  if (fields === undefined) return noFields;
  return fields instanceof FieldBlock ? fields : new FieldBlock(fields);
}

/** RFC 9110 §6.4.1, RFC 9112 §6.3: whether a response ends with its head, whatever its fields. */
export function hasNoContent(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304 || status < 200;
}
