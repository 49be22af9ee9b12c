import { Buffer } from "node:buffer";

/** The parts of a WebSocket's URL: the address to connect to, and the request's target and fields. */
export interface Address {
  /** The URL as the `url` attribute shows it. */
  readonly href: string;
  /** The serialization of the URL's origin; "null" for a Unix socket's. */
  readonly origin: string;
  /** Whether the connection uses TLS. */
  readonly secure: boolean;
  /** The path of a Unix socket, or null for TCP. */
  readonly unixPath: string | null;
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** The value of the Host field (RFC 6455 §4.1): with the port unless it is the scheme's own. */
  readonly hostField: string;
  /** The request target: path and query. */
  readonly target: string;
  /** The value of the Authorization field for the URL's credentials, or null. */
  readonly authorization: string | null;
}

/**
 * The standard's "get a URL record", and `ws+unix:/path/of/socket:/request/path` as in ws.
 *
 * @throws DOMException SyntaxError if it is not an absolute URL of the schemes ws, wss, http, https, ws+unix or wss+unix, or has
 *   a fragment.
 */
export function parseAddress(text: string): Address {
  if (!URL.canParse(text)) throw invalid(`${JSON.stringify(text)} is not an absolute URL`);
  const url = new URL(text);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  // `hash` does not show an empty fragment. Elsewhere in a URL "#" is encoded.
  if (url.href.includes("#")) throw invalid("a WebSocket's URL must not have a fragment");
  switch (url.protocol) {
    case "ws:":
    case "wss:":
      return tcpAddress(url);
    case "ws+unix:":
    case "wss+unix:":
      return unixAddress(url);
    default:
      throw invalid(`a WebSocket's URL must begin with ws: or wss:, not ${url.protocol}`);
  }
}

function tcpAddress(url: URL): Address {
  const secure = url.protocol === "wss:";
  return {
    href: url.href,
    origin: url.origin,
    secure,
    unixPath: null,
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
    hostField: url.host,
    target: url.pathname + url.search,
    authorization: basicAuthorization(url),
  };
}

function unixAddress(url: URL): Address {
  if (url.host !== "") throw invalid(`a Unix socket has a path, but no host such as ${url.host}`);
  const colon = url.pathname.indexOf(":");
  const path = colon < 0 ? url.pathname : url.pathname.slice(0, colon);
  if (path === "") throw invalid("the path of the Unix socket is missing");
  const target = colon < 0 ? "/" : url.pathname.slice(colon + 1);
  // As the path of a URL with a host it has only characters that a request target may have.
  const request = new URL(`ws://localhost${target.startsWith("/") ? "" : "/"}${target}${url.search}`);
  return {
    href: url.href,
    origin: url.origin,
    secure: url.protocol === "wss+unix:",
    unixPath: percentDecode(path).toString("utf8"),
    host: "localhost",
    port: 0,
    hostField: "localhost",
    target: request.pathname + request.search,
    authorization: null,
  };
}

/** RFC 7617 §2, with the credentials' bytes as in the Fetch standard. */
function basicAuthorization({ username, password }: URL): string | null {
  if (username === "" && password === "") return null;
  const credentials = Buffer.concat([percentDecode(username), Buffer.from(":"), percentDecode(password)]);
  return `Basic ${credentials.toString("base64")}`;
}

/** The URL standard's percent-decode. It gives bytes, since they need not be UTF-8, and keeps a "%" without two digits. */
function percentDecode(text: string): Buffer {
  const decoded = text.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  // A URL's parts are ASCII, but for the other characters of an opaque path.
  return Buffer.from(decoded, "latin1");
}

function invalid(message: string): DOMException {
  return new DOMException(message, "SyntaxError");
}
