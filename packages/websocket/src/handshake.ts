import { hash, randomBytes } from "node:crypto";
import type { FieldList } from "@mantou/http1";
import { parseExtensions } from "./extensions.ts";
import { hasToken, isToken, splitList, trimOws } from "./field-value.ts";

/** The parts of an HTTP request that the handshake reads. */
export interface UpgradeRequest {
  /** As on the request line. */
  readonly method: string;
  /** The minor version of HTTP/1.x. */
  readonly versionMinor: number;
  /** A field's value, or null; repeated fields joined by ", " (RFC 9110 §5.3). Names are given in lower case. */
  header(name: string): string | null;
}

/** A valid request for a WebSocket, to which a server may respond with 101. */
export interface UpgradeAccepted {
  readonly ok: true;
  /** The value of Sec-WebSocket-Key. */
  readonly key: string;
  /** The offered subprotocols, in the client's order of preference. */
  readonly protocols: string[];
  /** The value of Sec-WebSocket-Extensions. */
  readonly extensions: string | null;
}

/** A request to which a server must respond with an error. */
export interface UpgradeRefused {
  readonly ok: false;
  readonly status: 400 | 405 | 426;
  /** The reason, in English. */
  readonly message: string;
  /** Fields that the response must have: name, value, name, value … */
  readonly headers: FieldList;
}

/** The parts of an HTTP response that the client's handshake reads; `header` as in {@link UpgradeRequest}. */
export interface UpgradeResponse {
  readonly status: number;
  header(name: string): string | null;
}

/** The result of {@link checkResponse}. */
export type ResponseCheck =
  | { readonly ok: true; readonly protocol: string | null; readonly extensions: string | null }
  | { readonly ok: false; readonly message: string };

/** RFC 6455 §1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/**
 * Base64 of 16 bytes (§4.2.1). The last digit's four spare bits may be set, as RFC 4648 §3.5 allows: in §4.1's own example of a
 * key some of them are.
 */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
// They ignore ASCII's case only (§2.1); toLowerCase() would turn U+212A into "k".
const WEBSOCKET = /^websocket$/i;
const UPGRADE = /^upgrade$/i;

/** The value of Sec-WebSocket-Accept for `key` (RFC 6455 §4.2.2). */
export function acceptKey(key: string): string {
  return hash("sha1", key + GUID, "base64");
}

/**
 * The server's side of the opening handshake (RFC 6455 §4.2.1): whether a server may respond to a request with
 * 101. The status is 426 for a request without a WebSocket, or for another version of it (§4.4; RFC 9110 §15.5.22).
 */
export function checkUpgrade(request: UpgradeRequest): UpgradeAccepted | UpgradeRefused {
  if (request.method !== "GET") return refuse(405, "the method must be GET", ["Allow", "GET"]);
  if (request.versionMinor < 1) return refuse(400, "the HTTP version must be 1.1 at least");
  if (request.header("host") === null) return refuse(400, "the Host field is missing");
  if (!hasToken(request.header("upgrade"), WEBSOCKET))
    return upgradeRequired("the Upgrade field must name websocket");
  if (!hasToken(request.header("connection"), UPGRADE))
    return refuse(400, "the Connection field must name upgrade");
  if (trimOws(request.header("sec-websocket-version") ?? "") !== "13") {
    return upgradeRequired("the WebSocket version must be 13");
  }
  const key = trimOws(request.header("sec-websocket-key") ?? "");
  if (!isKey(key)) return refuse(400, "Sec-WebSocket-Key must be 16 bytes in base64");
  const offered = request.header("sec-websocket-protocol");
  const protocols = splitList(offered ?? "");
  if (!areProtocols(protocols) || (offered !== null && protocols.length === 0)) {
    return refuse(400, "Sec-WebSocket-Protocol must be a list of different tokens");
  }
  const extensions = request.header("sec-websocket-extensions");
  if (extensions !== null && parseExtensions(extensions) === null) {
    return refuse(400, "Sec-WebSocket-Extensions must be a list of extensions, and not a long one");
  }
  return { ok: true, key, protocols, extensions };
}

/** The first of the offered subprotocols that the server knows, so that the client's preference decides (§4.1); or null. */
export function chooseProtocol(offered: readonly string[], known: readonly string[]): string | null {
  return offered.find((protocol) => known.includes(protocol)) ?? null;
}

/**
 * The fields of the 101 response (§4.2.2): name, value, name, value …, for a key that {@link checkUpgrade} has accepted.
 *
 * @param protocol one of the subprotocols that the client offered, or null.
 * @throws TypeError if the subprotocol is not a token.
 */
export function acceptHeaders(key: string, protocol: string | null = null): FieldList {
  if (protocol !== null && !isToken(protocol)) {
    throw new TypeError("a subprotocol must be a token (RFC 6455 §4.3)");
  }
  return [
    "Upgrade",
    "websocket",
    "Connection",
    "Upgrade",
    "Sec-WebSocket-Accept",
    acceptKey(key),
    ...(protocol === null ? [] : ["Sec-WebSocket-Protocol", protocol]),
  ];
}

/** Whether it can be the value of Sec-WebSocket-Key: 16 bytes in base64 (§4.2.1). */
export function isKey(text: string): boolean {
  return KEY.test(text);
}

/** A client's new, random key (§4.1). */
export function createKey(): string {
  return randomBytes(16).toString("base64");
}

/**
 * The fields of a client's request for a WebSocket (§4.1), besides Host: name, value, name, value …
 *
 * @throws TypeError if the subprotocols are not different tokens.
 */
export function requestHeaders(key: string, protocols: readonly string[] = []): FieldList {
  if (!areProtocols(protocols)) {
    throw new TypeError("subprotocols must be different tokens (RFC 6455 §4.1)");
  }
  return [
    "Upgrade",
    "websocket",
    "Connection",
    "Upgrade",
    "Sec-WebSocket-Version",
    "13",
    "Sec-WebSocket-Key",
    key,
    ...(protocols.length === 0 ? [] : ["Sec-WebSocket-Protocol", protocols.join(", ")]),
  ];
}

/** The values that a client has sent in its request. */
export interface HandshakeOffer {
  readonly key: string;
  /** None by default. */
  readonly protocols?: readonly string[];
  /** Sec-WebSocket-Extensions; null, the default, if it was not sent. */
  readonly extensions?: string | null;
}

/**
 * Checks the server's response on the client's side (§4.1): whether it opens the WebSocket that the client has requested. It checks
 * that the client has offered the extensions; their parameters are up to each extension.
 */
export function checkResponse(response: UpgradeResponse, offer: HandshakeOffer): ResponseCheck {
  if (response.status !== 101) return { ok: false, message: `the status is ${response.status}, not 101` };
  if (!WEBSOCKET.test(trimOws(response.header("upgrade") ?? ""))) {
    return { ok: false, message: "the Upgrade field must be websocket" };
  }
  if (!hasToken(response.header("connection"), UPGRADE)) {
    return { ok: false, message: "the Connection field must name upgrade" };
  }
  if (trimOws(response.header("sec-websocket-accept") ?? "") !== acceptKey(offer.key)) {
    return { ok: false, message: "Sec-WebSocket-Accept does not match the key" };
  }
  const chosen = response.header("sec-websocket-protocol");
  const protocol = chosen === null ? null : trimOws(chosen);
  if (protocol !== null && !offer.protocols?.includes(protocol)) {
    return { ok: false, message: "the server chose a subprotocol that was not offered" };
  }
  const extensions = response.header("sec-websocket-extensions");
  if (extensions !== null && !wereOffered(extensions, offer.extensions ?? null)) {
    return { ok: false, message: "the server chose an extension that was not offered" };
  }
  return { ok: true, protocol, extensions };
}

function refuse(status: 400 | 405 | 426, message: string, headers: FieldList = []): UpgradeRefused {
  return { ok: false, status, message, headers };
}

/** RFC 9110 §15.5.22 demands Upgrade, therefore §7.6.1 Connection, and RFC 6455 §4.4 the version. */
function upgradeRequired(message: string): UpgradeRefused {
  return refuse(426, message, [
    "Upgrade",
    "websocket",
    "Connection",
    "Upgrade",
    "Sec-WebSocket-Version",
    "13",
  ]);
}

/** Whether `response` is well-formed (§9.1), and `offer` has all its extensions. */
function wereOffered(response: string, offer: string | null): boolean {
  const offered = offer === null ? [] : (parseExtensions(offer) ?? []);
  return parseExtensions(response)?.every(({ name }) => offered.some((one) => one.name === name)) ?? false;
}

function areProtocols(list: readonly string[]): boolean {
  return list.every(isToken) && new Set(list).size === list.length;
}
