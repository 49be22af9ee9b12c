import { Buffer } from "node:buffer";
import { FieldBlock, type OutgoingResponse } from "@mantou/http1";
import { acceptDeflate, acceptHeaders, checkUpgrade, PerMessageDeflate } from "@mantou/websocket";
import type { HeadersInit } from "../api/fetch.ts";
import { Headers, type HeadersInput, headerList } from "../fetch/headers.ts";
import { checkedFields } from "../http/checked-fields.ts";
import { WholeResponse } from "../http/outgoing.ts";
import type { RequestContext } from "../http/request-context.ts";
import { WebSocketConnection } from "./connection.ts";
import type { WebSocketHost } from "./host.ts";
import { MantouWebSocket } from "./socket.ts";
import { TOPICS_PROTOCOL } from "./topic-session.ts";

/**
 * Fields that the handshake sets, and that the application's are dropped for, as in Bun. A client that reads of an extension
 * which is not applied, or of content behind a 101 (RFC 9110 §8.6), would misread the frames.
 */
const HANDSHAKE_FIELDS: ReadonlySet<string> = new Set([
  "upgrade",
  "connection",
  "sec-websocket-accept",
  "sec-websocket-extensions",
  "content-length",
  "transfer-encoding",
]);

const FORBIDDEN = /* @__PURE__ */ new WholeResponse({ status: 403 }, "");

const PROTOCOL = "sec-websocket-protocol";

/** Finds `websocket` among the protocols of an Upgrade field. */
const WEBSOCKET = /(?:^|[\s,])websocket(?:[\s,]|$)/i;

/**
 * Accepts a WebSocket handshake (RFC 6455 §4.2.2), and passes its connection to a WebSocket.
 * @returns false if the request is not a valid handshake, or has a response already. The caller can respond then, unless the request
 *   asks for another version of the protocol, or is from a page of another origin: it has got a 426 or a 403
 * @throws TypeError if there are no `websocket` handlers, or for a header that HTTP cannot carry
 */
export function upgradeConnection(
  host: WebSocketHost,
  context: RequestContext,
  headers: HeadersInit | undefined,
  data: unknown,
): boolean {
  const connection = context.host;
  if (!connection.awaits(context)) return false;
  const websocket = context.websocket ?? host.websocket;
  if (websocket === undefined)
    throw new TypeError("server.upgrade() needs the websocket option, of the server or of the route");
  const { head } = context;
  const check = checkUpgrade({
    method: head.method,
    versionMinor: head.minor,
    header: (name) => head.fields.get(name),
  });
  if (!check.ok && check.status === 426 && WEBSOCKET.test(head.upgrade ?? "")) {
    // RFC 6455 §4.4. Bun does not leave this response to the application either.
    const refusal: OutgoingResponse = { status: check.status, fields: new FieldBlock(check.headers) };
    connection.send(context, new WholeResponse(refusal, ""));
  }
  if (host.goingAway || !check.ok || head.upgrade === null || !connection.bodyComplete) return false;
  const origin = websocket.origins === null ? null : head.fields.get("origin");
  if (origin !== null && !websocket.origins!.has(origin)) {
    connection.send(context, FORBIDDEN);
    return false;
  }
  // As in Bun, null is none.
  const extra = new Headers((headers ?? undefined) as HeadersInput | undefined);
  // Reading the application's object may have run its code, which may have responded to the request or lost the connection.
  if (!connection.awaits(context)) return false;
  const named = extra.get(PROTOCOL);
  const hasTopics = host.topicClients !== null && check.protocols.includes(TOPICS_PROTOCOL);
  const isTopicClient = hasTopics && (named === null || named === TOPICS_PROTOCOL);
  const protocol = named === null ? chooseProtocol(check.protocols, isTopicClient) : null;
  const fields = [...acceptHeaders(check.key, protocol)];
  const list = headerList(extra);
  for (let i = 0; i < list.length; i += 2) {
    const [name, value] = [list[i]!, list[i + 1]!];
    // The field names a protocol (RFC 6455 §11.3.4). A client fails for a protocol that it has not asked for, and so for an empty name.
    const isEmpty = name === PROTOCOL && value === "";
    if (!HANDSHAKE_FIELDS.has(name) && !isEmpty) fields.push(name, value);
  }
  fields.push(...context.setCookieFields());
  const options = websocket.perMessageDeflate;
  const deflate = options === null ? null : acceptDeflate(check.extensions, options);
  if (deflate !== null) fields.push("Sec-WebSocket-Extensions", deflate.header);
  // Everything that can fail comes first: after the 101 the client speaks the other protocol.
  const block = checkedFields(fields);
  const codec = deflate === null ? null : new PerMessageDeflate("server", deflate.params, options!);
  // A copy: a part of the head's text would keep the whole of it as long as the connection lives.
  const request = Buffer.from(context.description, "latin1").toString("latin1");
  const makeSocket = (webSocket: WebSocketConnection): MantouWebSocket =>
    new MantouWebSocket(webSocket, data);
  try {
    connection.switchProtocol(context, block, (transport, writeQueue) => {
      const webSocket = new WebSocketConnection(
        host,
        websocket,
        transport,
        writeQueue,
        codec,
        request,
        context.route,
        makeSocket,
      );
      transport.handler = webSocket;
      context.continueAs(webSocket);
      if (isTopicClient) webSocket.openSession(host.topicClients!);
      else webSocket.open();
      return (bytes) => webSocket.receiveBehindHandshake(bytes);
    });
  } catch (error) {
    codec?.close();
    throw error;
  }
  return true;
}

/**
 * As in Bun, the client's first subprotocol is accepted unless the application names another. The topics' protocol is accepted first
 * if it is spoken, and not at all if it is not: its client would misread each message.
 */
function chooseProtocol(offered: readonly string[], isTopicClient: boolean): string | null {
  if (isTopicClient) return TOPICS_PROTOCOL;
  return offered.find((each) => each !== TOPICS_PROTOCOL) ?? null;
}
