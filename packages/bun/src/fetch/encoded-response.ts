/** For `fetch(url, { decompress: false })`: the platform decompresses each body whose Content-Encoding it sees. */
import { Buffer } from "node:buffer";
import { DecoratorHandler, type Dispatcher } from "undici";
import { withOrigin } from "./origin.ts";

type Handler = Dispatcher.DispatchHandler;
type Arguments = Parameters<NonNullable<Handler["onResponseStart"]>>;

/** What the `fetch` of undici 6 gives: Node.js 20 and 22. */
interface OldHandler {
  onHeaders(status: number, rawHeaders: Buffer[], ...more: unknown[]): boolean;
}

/** undici's types leave out the methods of the class. */
const Decorator = DecoratorHandler as new (handler: Handler) => { onResponseStart(...args: Arguments): void };

const HIDDEN = "x-mantou-content-encoding";

/** Shows the platform another name for Content-Encoding. */
export function hidingHandler(given: Handler): Handler {
  if ("onRequestStart" in given) return new HidingHandler(given) as Handler;
  // The decorator of undici would join the lines of one name to one, and so make one of several cookies.
  const old = given as unknown as OldHandler;
  return Object.create(given, {
    onHeaders: {
      value(status: number, rawHeaders: Buffer[], ...more: unknown[]): boolean {
        hideIn(rawHeaders);
        return old.onHeaders.call(this, status, rawHeaders, ...more);
      },
    },
  }) as Handler;
}

class HidingHandler extends Decorator {
  override onResponseStart(...args: Arguments): void {
    const [{ rawHeaders }, , headers] = args;
    // undici 7 (Node.js 24) reads the object, undici 8 the raw fields.
    const encoding = headers["content-encoding"];
    if (encoding !== undefined) {
      delete headers["content-encoding"];
      headers[HIDDEN] = encoding;
    }
    if (Array.isArray(rawHeaders)) hideIn(rawHeaders as Buffer[]);
    super.onResponseStart(...args);
  }
}

function hideIn(rawHeaders: Buffer[]): void {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (String(rawHeaders[i]).toLowerCase() === "content-encoding") rawHeaders[i] = Buffer.from(HIDDEN);
  }
}

/** The response, with its Content-Encoding. */
export function showEncoding(response: Response): Response {
  const headers = new Headers(response.headers);
  const encoding = headers.get(HIDDEN);
  if (encoding === null) return response;
  headers.delete(HIDDEN);
  headers.set("content-encoding", encoding);
  const { status, statusText } = response;
  return withOrigin(new Response(response.body, { status, statusText, headers }), response);
}
