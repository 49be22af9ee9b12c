import { UsageError } from "./errors.ts";
import { isFieldValue } from "./grammar.ts";

/** The parts of a response's first line. */
export interface StatusLine {
  /** 200-599 for a final response (RFC 9110 §15). */
  readonly status: number;
  /** The reason phrase; the registered one by default. */
  readonly reason?: string;
}

/** The phrases of RFC 9110 §15 and of the IANA registry. A client must not act on them (RFC 9112 §4). */
export const reasonPhrases: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  102: "Processing",
  103: "Early Hints",
  200: "OK",
  201: "Created",
  202: "Accepted",
  203: "Non-Authoritative Information",
  204: "No Content",
  205: "Reset Content",
  206: "Partial Content",
  207: "Multi-Status",
  208: "Already Reported",
  226: "IM Used",
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  305: "Use Proxy",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  418: "I'm a Teapot",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates",
  507: "Insufficient Storage",
  508: "Loop Detected",
  510: "Not Extended",
  511: "Network Authentication Required",
};

/** Status lines with registered phrases, by status; a few dozen strings at most. */
const statusLines: string[] = [];

/**
 * The status line, always HTTP/1.1: our own version, whatever the client's (RFC 9110 §6.2).
 * @throws UsageError for a status outside 100-599, or a reason with a control character
 */
export function statusLine(status: number, reason?: string): string {
  if (!Number.isInteger(status) || status < 100 || status > 599) {
    throw new UsageError(`A status must be an integer from 100 to 599, not ${status}`);
  }
  if (reason === undefined || reason === "") {
    const known = statusLines[status];
    if (known !== undefined) return known;
  }
  if (reason !== undefined && reason !== "") {
    if (!isFieldValue(reason))
      throw new UsageError("A reason phrase contains a character that HTTP cannot carry");
    return `HTTP/1.1 ${status} ${reason}\r\n`;
  }
  const line = `HTTP/1.1 ${status} ${reasonPhrases[status] ?? ""}\r\n`;
  statusLines[status] = line;
  return line;
}
