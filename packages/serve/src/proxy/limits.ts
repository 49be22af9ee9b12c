/** The limits of a connection whose PROXY header has not come. */

/** A longer header is refused. It is the size of HAProxy's buffer: the addresses take up to 232 bytes, and the rest may hold a client's certificate. */
export const PROXY_HEADER_BYTES: number = 16 * 1024;
/** The longest line of version 1, with its CRLF (section 2.1 of the specification). */
export const PROXY_LINE_BYTES = 107;
/** Seconds for the header. The specification wants at least 3, for a packet that is sent again. */
export const PROXY_HEADER_SECONDS = 5;
