import { FieldBlock, UsageError } from "@mantou/http1";

/**
 * The fields that a method of the server was given. `Headers` let control characters pass, as the Fetch standard wants, and HTTP does
 * not (RFC 9110 §5.5).
 * @param list name, value, name, value …
 * @throws TypeError for a header that HTTP cannot carry
 */
export function checkedFields(list: readonly string[]): FieldBlock {
  try {
    return new FieldBlock(list);
  } catch (error) {
    throw error instanceof UsageError ? new TypeError(error.message, { cause: error }) : error;
  }
}
