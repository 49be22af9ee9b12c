import { parseExtensions } from "@mantou/websocket";
import { KEY } from "../../../src/rules/websocket/frames.ts";
import { canary, DEFLATE, line, opening, type PlantedFault, sending, without } from "./planted-fault.ts";

/** The opening handshake, and what is negotiated. */
export const openingFaults: readonly PlantedFault[] = [
  {
    name: "any method opens a WebSocket",
    rule: "rfc6455/4.2.1/method",
    request: (text) => text.replace(/^\w+/, "GET"),
    shortest: opening(),
  },
  {
    name: "HTTP/1.0 opens a WebSocket",
    rule: "rfc6455/4.2.1/http10",
    request: (text) => text.replace("HTTP/1.0", "HTTP/1.1"),
    shortest: opening(),
  },
  {
    name: "Host is not needed",
    rule: "rfc6455/4.2.1/host",
    request: line("Host", "a"),
    shortest: without("Host"),
  },
  {
    name: "Upgrade is not read",
    rule: "rfc6455/4.2.1/upgrade",
    request: line("Upgrade", "websocket"),
    shortest: without("Upgrade"),
  },
  {
    name: "Upgrade is read with case",
    rule: "rfc6455/4.2.1/upgrade-case",
    request: (text) => text.replace(/^Upgrade: W\w+/m, "Upgrade: x"),
    shortest: opening(),
  },
  {
    name: "Upgrade is read as one protocol",
    rule: "rfc6455/4.2.1/upgrade-list",
    request: (text) => text.replace(/^Upgrade: .*,.*\r/m, "Upgrade: x\r"),
    shortest: opening((text) => text.replace("websocket", "x, websocket")),
  },
  {
    name: "Connection is not read",
    rule: "rfc6455/4.2.1/connection",
    request: line("Connection", "Upgrade"),
    shortest: without("Connection"),
  },
  {
    name: "Connection is read as one option",
    rule: "rfc6455/4.2.1/connection-list",
    request: (text) => text.replace(/^Connection: .*,.*\r/m, "Connection: x\r"),
    shortest: opening((text) => text.replace(": Upgrade", ": keep-alive, Upgrade")),
  },
  {
    name: "the key is not looked at",
    rule: "rfc6455/4.2.1/key",
    request: line("Sec-WebSocket-Key", KEY),
    shortest: without("Sec-WebSocket-Key"),
  },
  {
    name: "a key has any length",
    rule: "rfc6455/4.2.1/key-length",
    request: (text) =>
      text.replace(/^(Sec-WebSocket-Key: )(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{3}=)?\r$/m, `$1${KEY}\r`),
    shortest: opening((text) => text.replace(KEY, "AAAA")),
  },
  {
    name: "the first key counts",
    rule: "rfc6455/11.3.1/key-twice",
    request: (text) => text.replace(/^(Sec-WebSocket-Key:.*\r\n)Sec-WebSocket-Key:.*\r\n/m, "$1"),
    shortest: opening((text) => text.replace(/^Sec-WebSocket-Key:.*\r\n/m, "$&$&")),
  },
  {
    name: "without a version it is 13",
    rule: "rfc6455/4.2.1/version-missing",
    request: (text) =>
      /^Sec-WebSocket-Version/m.test(text) ? text : line("Sec-WebSocket-Version", "13")(text),
    shortest: without("Sec-WebSocket-Version"),
  },
  {
    name: "any version is taken",
    rule: "rfc6455/4.2.2/version",
    request: line("Sec-WebSocket-Version", "13"),
    shortest: opening(),
  },
  {
    name: "the version is not told",
    rule: "rfc6455/4.2.2/version",
    response: (text) => text.replace(/^Sec-WebSocket-Version:.*\r\n/m, ""),
    shortest: opening(),
  },
  {
    name: "zeros before a version are skipped",
    rule: "rfc6455/4.2.1/version-syntax",
    request: (text) => text.replace(/^(Sec-WebSocket-Version: )0+/m, "$1"),
    shortest: opening(),
  },
  {
    name: "the accept of another key",
    rule: "rfc6455/4.2.2/accept",
    request: (text) => text.replace(/^(Sec-WebSocket-Key: \S*)\+/m, "$1/"),
    shortest: opening(),
  },
  {
    name: "Connection does not name upgrade in the response",
    rule: "rfc6455/4.2.2/accept",
    response: (text, request) =>
      request.includes(KEY) ? text : text.replace("Connection: Upgrade\r\n", "Connection: keep-alive\r\n"),
    shortest: opening(),
  },
  {
    name: "names of fields are read with case",
    rule: "rfc6455/4.2.1/field-grammar",
    request: (text) => text.replace(/^sec-/m, "x-"),
    shortest: opening(),
  },
  {
    name: "a packet that begins with LF is lost",
    rule: "rfc6455/4.2.1/any-cut",
    head: (text) => text.replace(/^\n/, ""),
    shortest: opening(),
  },
  {
    name: "content is read as frames",
    rule: "rfc9110/7.8/content-before-switch",
    readsContent: true,
    shortest: (h) => sending([canary])(h) + "Content-Length: 9\r\n".length,
  },
  {
    name: "a 426 without Upgrade",
    rule: "rfc9110/15.5.22/upgrade",
    response: (text) => (text.startsWith("HTTP/1.1 426") ? text.replace(/^Upgrade:.*\r\n/m, "") : text),
    shortest: opening(),
  },
  {
    name: "a subprotocol that was not offered",
    rule: "rfc6455/4.2.2/protocol",
    response: (text) => text.replace("101 Switching Protocols\r\n", "$&Sec-WebSocket-Protocol: chat\r\n"),
    shortest: opening(),
  },
  {
    name: "an extension that was not offered",
    rule: "rfc6455/9.1/extension-offered",
    response: (text, request) =>
      /^Sec-WebSocket-Extensions: perm/m.test(request)
        ? text
        : text.replace("101 Switching Protocols\r\n", "$&Sec-WebSocket-Extensions: permessage-deflate\r\n"),
    shortest: opening(),
  },
  {
    name: "extensions that break the grammar are passed over",
    rule: "rfc6455/9.1/extension-grammar",
    request: (text) => {
      const value = /^Sec-WebSocket-Extensions:(.*)\r/m.exec(text)?.[1];
      return value !== undefined && parseExtensions(value) === null
        ? text.replace(/^Sec-WebSocket-Extensions:.*\r\n/m, "")
        : text;
    },
    shortest: (h) => opening()(h) + "Sec-WebSocket-Extensions: \r\n".length,
  },
  {
    name: "a window of the server's own choice",
    rule: "rfc7692/7.1/response",
    response: (text) => text.replace(/server_max_window_bits=\d+/, "server_max_window_bits=15"),
    shortest: sending([], `${DEFLATE};server_max_window_bits=8`),
  },
  {
    name: "a client's window that was not offered",
    rule: "rfc7692/7.1/response",
    response: (text) =>
      text.replace(/(Extensions: permessage-deflate)(?!.*client_max)/, "$1; client_max_window_bits=15"),
    shortest: sending([], DEFLATE),
  },
  {
    name: "zeros before a window are skipped",
    rule: "rfc7692/7.1/offer-invalid",
    request: (text) => text.replace(/(window_bits=)0+(?=\d)/g, "$1"),
    shortest: sending([], `${DEFLATE}; server_max_window_bits=08`),
  },
  {
    name: "an offer that is declined ends the handshake",
    rule: "rfc7692/7.1/offer-behind-invalid",
    response: (text, request) =>
      request.includes(DEFLATE) && !text.includes(DEFLATE)
        ? "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n"
        : text,
    shortest: sending([], `${DEFLATE}; a`),
  },
];
