import { hash, randomBytes } from "node:crypto";
import { parseExtensions } from "./extensions.ts";
import { hasToken, isToken, splitList, trimOws } from "./field-value.ts";

/** Header fields to be sent, in order. */
export type HeaderList = ReadonlyArray<readonly [name: string, value: string]>;

/** The parts of an HTTP request that the handshake looks at. */
export interface UpgradeRequest {
  /** As on the request line. */
  readonly method: string;
  /** The minor version of HTTP/1.x. */
  readonly versionMinor: number;
  /** A field's value, or null; repeated fields joined by ", " (RFC 9110 §5.3). Names are given in lower case. */
  header(name: string): string | null;
}

/** A request that asks for a WebSocket, and may be answered with 101. */
export interface UpgradeAccepted {
  readonly ok: true;
  /** The value of Sec-WebSocket-Key. */
  readonly key: string;
  /** The subprotocols offered, the client's favourite first. */
  readonly protocols: string[];
  /** The value of Sec-WebSocket-Extensions. */
  readonly extensions: string | null;
}

/** A request that must be answered with an error. */
export interface UpgradeRefused {
  readonly ok: false;
  readonly status: 400 | 405 | 426;
  /** What is wrong, in English. */
  readonly message: string;
  /** Fields that the answer must have. */
  readonly headers: HeaderList;
}

/** The parts of an HTTP response that the client's handshake looks at; `header` as in {@link UpgradeRequest}. */
export interface UpgradeResponse {
  readonly status: number;
  header(name: string): string | null;
}

/** What {@link checkResponse} finds. */
export type ResponseCheck =
  | { readonly ok: true; readonly protocol: string | null; readonly extensions: string | null }
  | { readonly ok: false; readonly message: string };

/** RFC 6455 §1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/**
 * Base64 of 16 bytes (§4.2.1). The last digit's four spare bits are not looked at, as RFC 4648 §3.5 allows: §4.1's own example
 * of a key has some of them set.
 */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
// ASCII's case only (§2.1), which these are: toLowerCase() would make a "k" of U+212A.
const WEBSOCKET = /^websocket$/i;
const UPGRADE = /^upgrade$/i;

/** The value of Sec-WebSocket-Accept that answers `key` (RFC 6455 §4.2.2). */
export function acceptKey(key: string): string {
  return hash("sha1", key + GUID, "base64");
}

/**
 * The server's side of the opening handshake (RFC 6455 §4.2.1): whether a request may be answered with 101. Who asks for no
 * WebSocket, or for another version of it, is told so by 426 (§4.4; RFC 9110 §15.5.22).
 */
export function checkUpgrade(request: UpgradeRequest): UpgradeAccepted | UpgradeRefused {
  if (request.method !== "GET") return refuse(405, "the method must be GET", [["Allow", "GET"]]);
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
  if (!KEY.test(key)) return refuse(400, "Sec-WebSocket-Key must be 16 bytes in base64");
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

/** The first of the subprotocols offered that the server knows, so the client's preference decides (§4.1); or null. */
export function chooseProtocol(offered: readonly string[], known: readonly string[]): string | null {
  return offered.find((protocol) => known.includes(protocol)) ?? null;
}

/**
 * The fields of the 101 answer (§4.2.2), for a key that {@link checkUpgrade} has accepted.
 *
 * @param protocol one of the subprotocols that the client offered, or null.
 * @throws TypeError if the subprotocol is not a token.
 */
export function acceptHeaders(key: string, protocol: string | null = null): HeaderList {
  if (protocol !== null && !isToken(protocol)) {
    throw new TypeError("a subprotocol must be a token (RFC 6455 §4.3)");
  }
  return [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", acceptKey(key)],
    ...(protocol === null ? [] : [["Sec-WebSocket-Protocol", protocol] as const]),
  ];
}

/** A client's new, random key (§4.1). */
export function createKey(): string {
  return randomBytes(16).toString("base64");
}

/**
 * The fields with which a client asks for a WebSocket (§4.1), besides Host.
 *
 * @throws TypeError if the subprotocols are not different tokens.
 */
export function requestHeaders(key: string, protocols: readonly string[] = []): HeaderList {
  if (!areProtocols(protocols)) {
    throw new TypeError("subprotocols must be different tokens (RFC 6455 §4.1)");
  }
  return [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", key],
    ...(protocols.length === 0 ? [] : [["Sec-WebSocket-Protocol", protocols.join(", ")] as const]),
  ];
}

/** What a client has asked for: the values that it sent. */
export interface Asked {
  readonly key: string;
  /** None by default. */
  readonly protocols?: readonly string[];
  /** Sec-WebSocket-Extensions; null, the default, if it was not sent. */
  readonly extensions?: string | null;
}

/**
 * The client's side of the answer (§4.1): whether it establishes the WebSocket that was asked for. Of extensions it is checked that
 * they were offered; what their parameters mean is theirs to say.
 */
export function checkResponse(response: UpgradeResponse, asked: Asked): ResponseCheck {
  if (response.status !== 101) return { ok: false, message: `the status is ${response.status}, not 101` };
  if (!WEBSOCKET.test(trimOws(response.header("upgrade") ?? ""))) {
    return { ok: false, message: "the Upgrade field must be websocket" };
  }
  if (!hasToken(response.header("connection"), UPGRADE)) {
    return { ok: false, message: "the Connection field must name upgrade" };
  }
  if (trimOws(response.header("sec-websocket-accept") ?? "") !== acceptKey(asked.key)) {
    return { ok: false, message: "Sec-WebSocket-Accept does not answer the key" };
  }
  const chosen = response.header("sec-websocket-protocol");
  const protocol = chosen === null ? null : trimOws(chosen);
  if (protocol !== null && !asked.protocols?.includes(protocol)) {
    return { ok: false, message: "the server chose a subprotocol that was not offered" };
  }
  const extensions = response.header("sec-websocket-extensions");
  if (extensions !== null && !wereOffered(extensions, asked.extensions ?? null)) {
    return { ok: false, message: "the server chose an extension that was not offered" };
  }
  return { ok: true, protocol, extensions };
}

function refuse(status: 400 | 405 | 426, message: string, headers: HeaderList = []): UpgradeRefused {
  return { ok: false, status, message, headers };
}

/** RFC 9110 §15.5.22 asks for Upgrade, and so §7.6.1 for Connection; RFC 6455 §4.4 for the version. */
function upgradeRequired(message: string): UpgradeRefused {
  return refuse(426, message, [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Version", "13"],
  ]);
}

/** Whether all extensions of `answer`, which may also be malformed (§9.1), stand in `offer`. */
function wereOffered(answer: string, offer: string | null): boolean {
  const offered = offer === null ? [] : (parseExtensions(offer) ?? []);
  return parseExtensions(answer)?.every(({ name }) => offered.some((one) => one.name === name)) ?? false;
}

function areProtocols(list: readonly string[]): boolean {
  return list.every(isToken) && new Set(list).size === list.length;
}
