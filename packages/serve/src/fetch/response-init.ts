import type { HeadersInput } from "./headers.ts";

/** The second argument of `new Response` (Fetch standard). */
export interface ResponseInit {
  /** 200-599, or 101, which Bun allows. Default 200. */
  status?: number;
  /** The reason phrase of the status line (RFC 9112 §4). Default: the phrase of the status. */
  statusText?: string;
  /** Default: the Content-Type of the body, if the body implies one. */
  headers?: HeadersInput | undefined;
}

/** Statuses that forbid a body (the standard's "null body status"). */
export const NULL_BODY_STATUSES: ReadonlySet<number> = new Set([101, 204, 205, 304]);
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Web IDL's conversion to unsigned short, the type of a status. It takes a BigInt, as the platform's class and Bun's do. */
export function toUnsignedShort(status: number): number {
  return Number(status) & 0xffff;
}

/**
 * @param code the converted status
 * @throws RangeError for a status outside 200-599, 101 excepted
 */
export function checkStatus(code: number, given: number | undefined): number {
  if (code !== 101 && !(code >= 200 && code < 600))
    throw new RangeError(`A response's status must be from 200 to 599, not ${given}`);
  return code;
}

/** @throws RangeError for a status that is not a redirect's */
export function checkRedirectStatus(status: number): number {
  const code = toUnsignedShort(status);
  if (!REDIRECT_STATUSES.has(code))
    throw new RangeError(`A redirect's status must be 301, 302, 303, 307 or 308, not ${status}`);
  return code;
}

/** @throws TypeError for a text that is not a reason phrase */
export function checkStatusText(text: string): string {
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text))
    throw new TypeError("The status text must be a reason phrase (RFC 9112 §4)");
  return text;
}
