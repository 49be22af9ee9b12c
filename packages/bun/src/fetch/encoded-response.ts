/** For `fetch(url, { decompress: false })`: the platform decompresses each body whose Content-Encoding it sees. */
import { Buffer } from "node:buffer";
import { DecoratorHandler, type Dispatcher } from "undici";
import { withOrigin } from "./origin.ts";

type Arguments = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>;

/** undici's types leave out the methods of the class. */
const Decorator = DecoratorHandler as new (
  handler: Dispatcher.DispatchHandler,
) => { onResponseStart(...args: Arguments): void };

const HIDDEN = "x-mantou-content-encoding";

/** Shows the platform another name for Content-Encoding. */
export class HidingHandler extends Decorator {
  override onResponseStart(...args: Arguments): void {
    const [{ rawHeaders }, , headers] = args;
    // undici 6 and 7 (Node.js 20 to 24) read the object, undici 8 the raw fields.
    const encoding = headers["content-encoding"];
    if (encoding !== undefined) {
      delete headers["content-encoding"];
      headers[HIDDEN] = encoding;
    }
    if (Array.isArray(rawHeaders)) {
      for (let i = 0; i < rawHeaders.length; i += 2) {
        if (String(rawHeaders[i]).toLowerCase() === "content-encoding") rawHeaders[i] = Buffer.from(HIDDEN);
      }
    }
    super.onResponseStart(...args);
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
