import { Body, type BodyProducer } from "./body.ts";

/** A received content, and the stream that the platform was given of it. */
export interface ReceivedContent {
  readonly source: BodyProducer;
  readonly stream: ReadableStream<Uint8Array>;
}

type Reader = (body: Body, type: string) => Promise<unknown>;

/** The standard's readers, each from the content itself. */
const READERS: Readonly<Record<string, Reader>> = {
  text: (body) => body.text(),
  json: (body) => body.json(),
  bytes: (body) => body.bytes(),
  arrayBuffer: (body) => body.arrayBuffer(),
  blob: (body, type) => body.blob(type),
  formData: (body, type) => body.formData(type),
};

/**
 * Gives requests of the platform's class readers that do not go through the platform's stream. The platform keeps each piece of a
 * stream as an object until the last one has come (1,000,000 chunks of one byte: 11 s and 323 MB), and its parser refuses
 * forms that common clients send. Its functions know these requests as before, and find their bodies used.
 *
 * @param prototype of a subclass of the platform's `Request`
 */
export function readDirectly<T extends Request>(
  prototype: T,
  contentOf: (request: T) => ReceivedContent | null,
): void {
  const platform = Object.getPrototypeOf(prototype) as Partial<Record<string, () => Promise<unknown>>>;
  for (const [name, read] of Object.entries(READERS)) {
    const platformReader = platform[name];
    // Node.js 20 has no `bytes`.
    if (platformReader === undefined) continue;
    const methods = {
      [name](this: T): Promise<unknown> {
        const content = contentOf(this);
        if (content === null || !isUntouched(this, content.stream)) return platformReader.call(this);
        const whole = read(new Body(content.source), this.headers.get("content-type") ?? "");
        // At its end and locked, as behind the platform's own readers.
        content.stream
          .getReader()
          .cancel()
          .catch(() => {});
        return whole;
      },
    };
    Object.defineProperty(prototype, name, {
      ...Object.getOwnPropertyDescriptor(methods, name),
    });
  }
}

/** False once the stream has been read or locked, or a clone has taken its place: then the content is the platform's to read. */
function isUntouched(request: Request, stream: ReadableStream<Uint8Array>): boolean {
  return !stream.locked && !request.bodyUsed && request.body === stream;
}
