import type { Buffer } from "node:buffer";
import { ClientConnection, type IncomingResponse, ProtocolError, UsageError } from "@mantou/http1";
import { Connection } from "../connection.ts";
import { PerMessageDeflate } from "../deflate.ts";
import { agreeDeflate, type DeflateParams, offerDeflate } from "../deflate-negotiation.ts";
import type { Output } from "../frame-encoder.ts";
import { checkResponse, createKey, requestHeaders } from "../handshake.ts";
import type { Address } from "./address.ts";
import { ClientError } from "./errors.ts";
import type { Settings } from "./options.ts";

/** The result of a handshake that the server has accepted. */
export interface Agreement {
  /** "" for none. */
  readonly protocol: string;
  /** The value of Sec-WebSocket-Extensions; "" for none. */
  readonly extensions: string;
  /** The parameters of compression in `extensions`; null for none. */
  readonly deflate: DeflateParams | null;
  /** The bytes behind the response: the first frames, as a view on the received bytes. */
  readonly remaining: Buffer;
}

/** The client's side of the opening handshake (RFC 6455 §4.1): makes the request and checks the response. */
export class ClientHandshake {
  /** The text to send, each character one byte. */
  readonly request: string;
  readonly #http: ClientConnection;
  readonly #settings: Settings;
  readonly #key: string;
  /** The value of Sec-WebSocket-Extensions; "" for none. */
  readonly #offer: string;

  /** @throws TypeError if the application's headers make no valid request */
  constructor(address: Address, settings: Settings) {
    this.#settings = settings;
    this.#key = settings.key ?? createKey();
    this.#offer = settings.deflate === null ? "" : offerDeflate(settings.deflate);
    let request = "";
    this.#http = new ClientConnection({
      text(latin1: string): void {
        request += latin1;
      },
      bytes(): void {},
    });
    try {
      const fields = requestFields(this.#key, this.#offer, address, settings);
      this.#http.request({ method: "GET", target: address.target, fields }, null);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new TypeError(error.message, { cause: error });
    }
    this.request = request;
  }

  /** @returns the agreement, or the reason why there is none, or null if more bytes must come */
  receive(bytes: Uint8Array): Agreement | ClientError | null {
    this.#http.receive(bytes);
    return this.#read();
  }

  /** The server has closed its sending side. */
  receiveEnd(): ClientError {
    this.#http.receiveEnd();
    const found = this.#read();
    return found instanceof ClientError ? found : new ClientError("RESPONSE_INVALID", "it ended early");
  }

  #read(): Agreement | ClientError | null {
    try {
      // It ignores interim responses (RFC 9110 §15.2); http1 counts them.
      for (let event = this.#http.next(); event !== null; event = this.#http.next()) {
        if (event.type === "response") return this.#check(event);
      }
      return null;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return new ClientError("RESPONSE_INVALID", error.message, error);
    }
  }

  #check({ status, fields }: IncomingResponse): Agreement | ClientError {
    const { protocols, deflate } = this.#settings;
    const header = (name: string): string | null => fields.get(name);
    const extensions = deflate === null ? null : this.#offer;
    const checked = checkResponse({ status, header }, { key: this.#key, protocols, extensions });
    if (!checked.ok) return new ClientError("RESPONSE_REFUSED", checked.message);
    // RFC 6455 lets the server choose no subprotocol. The WHATWG's standard and browsers do not.
    if (protocols.length > 0 && !checked.protocol) return new ClientError("PROTOCOL_MISSING");
    const agreed = agreeDeflate(checked.extensions, deflate ?? {});
    if (!agreed.ok) return new ClientError("EXTENSIONS_REFUSED", agreed.message);
    return {
      protocol: checked.protocol ?? "",
      extensions: checked.extensions ?? "",
      deflate: agreed.params,
      remaining: this.#http.takeRemaining(),
    };
  }
}

/**
 * The connection by that agreement.
 *
 * @param wake as {@link Connection} calls it
 */
export function openConnection(
  { deflate }: Agreement,
  settings: Settings,
  output: Output,
  wake: () => void,
): Connection {
  const bytes = settings.maxPayloadLength;
  const codec =
    deflate === null ? {} : { codec: new PerMessageDeflate("client", deflate, settings.deflate!) };
  return new Connection({
    role: "client",
    output,
    limits: { messageBytes: bytes, frameBytes: bytes },
    wake,
    ...codec,
  });
}

/** The request's fields: the handshake's own, then the application's. */
function requestFields(
  key: string,
  offer: string,
  address: Address,
  { protocols, headers }: Settings,
): string[] {
  const given = new Set(headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()));
  const fields = given.has("host") ? [] : ["Host", address.hostField];
  fields.push(...requestHeaders(key, protocols));
  if (offer !== "") fields.push("Sec-WebSocket-Extensions", offer);
  // The standard demands the cache mode "no-store". The Fetch standard turns it into these two fields.
  if (!given.has("pragma")) fields.push("Pragma", "no-cache");
  if (!given.has("cache-control")) fields.push("Cache-Control", "no-cache");
  if (address.authorization !== null && !given.has("authorization")) {
    fields.push("Authorization", address.authorization);
  }
  return [...fields, ...headers];
}
