import { UsageError } from "./errors.ts";
import type { FieldBlock } from "./fields.ts";

/**
 * The field lines that delimit a response's content (RFC 9112 §6, RFC 9110 §8.6).
 *
 * @param method the request's; "" if the request was refused before its method was known
 * @param minor the request's version
 * @param length bytes of content, if known
 * @param hasContent content was given, even if it is empty
 * @returns null if only the end of the connection delimits it
 * @throws UsageError for content that the status forbids, or of another length than declared
 */
export function responseFramingFields(
  method: string,
  minor: 0 | 1,
  status: number,
  block: FieldBlock,
  length: number | undefined,
  hasContent: boolean,
): string | null {
  const declared = block.contentLength;
  if (status === 204) {
    if (length !== undefined && length > 0) throw new UsageError("A 204 response has no content");
    // RFC 9110 §8.6: no Content-Length either.
    return "";
  }
  if (status === 304) {
    if (length !== undefined && length > 0 && declared === null) {
      throw new UsageError("A 304 response has no content");
    }
    // It is the length that a 200 response would have, sent only if the application has declared it.
    return declared !== null ? `Content-Length: ${declared}\r\n` : "";
  }
  // To HEAD as well: its length would be that of the response to GET.
  if (status === 205 && ((length !== undefined && length > 0) || (declared !== null && declared > 0))) {
    throw new UsageError("A 205 response has no content");
  }
  if (method === "HEAD") {
    // RFC 9110 §8.6: the length that a GET response would have. Without content the application may still have declared it.
    if (declared !== null && length !== undefined && length > 0) checkDeclared(declared, length);
    if (declared !== null) return `Content-Length: ${declared}\r\n`;
    return length !== undefined && hasContent ? `Content-Length: ${length}\r\n` : "";
  }
  if (length !== undefined) {
    if (declared !== null) checkDeclared(declared, length);
    return `Content-Length: ${length}\r\n`;
  }
  return minor === 1 ? "Transfer-Encoding: chunked\r\n" : null;
}

function checkDeclared(declared: number, length: number): void {
  if (declared === length) return;
  throw new UsageError(`The content has ${length} bytes, and its Content-Length says ${declared}`);
}
