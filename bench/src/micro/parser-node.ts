import type { Buffer } from "node:buffer";
import { createRequire } from "node:module";
import type { MicroCase, Tally } from "./cases.ts";

/** The interface of Node's own parser, which http-parser-js has too. Callbacks are set at numbered properties. */
interface NodeParser {
  initialize(type: unknown, resource: object): void;
  execute(bytes: Buffer): number | Error;
  [callback: number]: (...args: never[]) => unknown;
}

interface NodeParserClass {
  new (type?: unknown): NodeParser;
  readonly REQUEST: unknown;
  readonly RESPONSE: unknown;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
  /** Reading it tells http-parser-js that the caller is a Node.js later than 0.12. */
  readonly kOnExecute: number;
}

/** llhttp as it is compiled into Node.js: what `node:http` uses, here without `node:http`. */
export function nodeParser(input: MicroCase, tally: Tally): () => void {
  // There is no documented way to it; this one is deprecated, and the same on all supported lines.
  const { HTTPParser } = createRequire(import.meta.url)("_http_common") as { HTTPParser: NodeParserClass };
  return drive(HTTPParser, input, tally);
}

/** @param folder where the package http-parser-js is */
export function httpParserJs(input: MicroCase, tally: Tally, folder: string): () => void {
  const { HTTPParser } = createRequire(import.meta.url)(folder) as { HTTPParser: NodeParserClass };
  return drive(HTTPParser, input, tally);
}

/** One parser is kept and initialised for a new connection, as `node:http` keeps its own. */
function drive(HTTPParser: NodeParserClass, { role, pieces, fresh }: MicroCase, tally: Tally): () => void {
  const type = role === "request" ? HTTPParser.REQUEST : HTTPParser.RESPONSE;
  void HTTPParser.kOnExecute;
  const parser = new HTTPParser(type);
  const resource = {};
  parser.initialize(type, resource);
  parser[HTTPParser.kOnHeaders] = (list: string[]) => {
    tally.fields += list.length / 2;
  };
  parser[HTTPParser.kOnHeadersComplete] = (_major: number, _minor: number, list: string[] | undefined) => {
    // What was passed to kOnHeaders before is not repeated.
    if (list !== undefined) tally.fields += list.length / 2;
    return 0;
  };
  parser[HTTPParser.kOnBody] = (bytes: Buffer) => {
    tally.bodyBytes += bytes.length;
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    tally.messages++;
  };
  return () => {
    if (fresh) parser.initialize(type, resource);
    for (const piece of pieces) {
      const result = parser.execute(piece);
      if (typeof result !== "number") throw result;
    }
  };
}
