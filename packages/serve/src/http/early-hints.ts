import type { FieldBlock } from "@mantou/http1";
import type { HeadersInit } from "../api/fetch.ts";
import { Headers, type HeadersInput, headerList } from "../fetch/headers.ts";
import { checkedFields } from "./checked-fields.ts";
import { HOP_BY_HOP } from "./forwarded-fields.ts";

/** Fields of a connection and of a body, neither of which an interim response has (RFC 9110 §8.6). They are left out, as those of a response are. */
const NOT_HINTS: ReadonlySet<string> = new Set([...HOP_BY_HOP, "content-length"]);

/**
 * The fields of a 103 (RFC 8297).
 * @throws TypeError for a value of another type, or a header that HTTP cannot carry
 */
export function earlyHintFields(headers: HeadersInit): FieldBlock {
  const list = headerList(new Headers(headers as HeadersInput));
  const kept: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    if (!NOT_HINTS.has(list[i]!)) kept.push(list[i]!, list[i + 1]!);
  }
  return checkedFields(kept);
}
