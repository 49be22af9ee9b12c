import type { HeadersInit } from "./fetch.ts";

/** What a handler can do to a request besides responding to it. */
export interface RequestControls {
  /**
   * Sends a 103 with these headers in front of the response (RFC 8297), such as `Link: </app.css>; rel=preload; as=style`. It leaves at once, and may be called again.
   * Fields of the connection and of a body are left out. Not in Bun.
   * @returns false, and sends nothing, if the response has been given or the connection has ended, to a client of HTTP/1.0 (RFC 9110 §15.2), and for a request
   *   of `server.fetch`
   * @throws TypeError without headers, and for a header that HTTP cannot carry
   */
  earlyHints(request: Request, headers: HeadersInit): boolean;
  /**
   * Closes the connection of a request, without a response or the rest of one: its signal is aborted, its body and the response's stream are cancelled. A
   * response that the handler returns all the same is ignored. Documented by Bun, and commented out there.
   * @returns false if the response is complete, the connection has ended, or for a request of `server.fetch`
   */
  abort(request: Request): boolean;
}
