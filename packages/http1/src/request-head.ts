import { ProtocolError } from "./errors.ts";
import type { RequestHead } from "./events.ts";
import { Fields } from "./fields.ts";
import {
  checkHost,
  type FramingFields,
  requestContentLength,
  requestExpectsContinue,
  requestKeepAlive,
} from "./framing.ts";
import {
  absoluteFormAuthority,
  fieldLinesEnd,
  fieldValueEnd,
  isHost,
  isWhitespace,
  listMembers,
  parseContentLength,
  targetEnd,
  tokenEnd,
  trimWhitespace,
} from "./grammar.ts";
import type { Limits } from "./limits.ts";

/** "HTTP/1.1" */
const VERSION_LENGTH = 8;
const SLASH = 0x2f;
const COLON = 0x3a;
const NO_OPTIONS: readonly string[] = [];

/**
 * Parses a whole request head.
 *
 * @param text latin1 text, one character per byte
 * @param start where the request line begins in it
 * @param end where the CRLF CRLF that ends the head begins
 * @throws ProtocolError for the first thing that is wrong: syntax in the order of the bytes, then meaning
 */
export function parseRequestHead(
  text: string,
  start: number,
  end: number,
  limits: Readonly<Limits>,
): RequestHead {
  const lineEnd = text.indexOf("\r\n", start);
  const methodEnd = text.indexOf(" ", start);
  const targetStop = lineEnd - VERSION_LENGTH - 1;
  const fieldsStart = lineEnd + 2;
  // The CRLF of the last field line is the first half of CRLF CRLF.
  const fieldsEnd = end + 2;
  const minor = versionMinor(text, targetStop);
  if (
    minor < 0 ||
    methodEnd <= start ||
    tokenEnd(text, start) !== methodEnd ||
    targetEnd(text, methodEnd + 1) !== targetStop ||
    methodEnd + 1 >= targetStop ||
    fieldLinesEnd(text, fieldsStart) !== fieldsEnd
  ) {
    throw diagnose(text, start, fieldsEnd);
  }
  const method = text.startsWith("GET ", start) ? "GET" : text.slice(start, methodEnd);
  const target = text.slice(methodEnd + 1, targetStop);
  const version = minor as 0 | 1;
  const fields = findFramingFields(text, fieldsStart, fieldsEnd, limits.headFields);
  checkTarget(method, target);
  checkHost(fields, version);
  const contentLength = requestContentLength(fields, version, limits.bodyBytes);
  const options = fields.connection === null ? NO_OPTIONS : listMembers(fields.connection);
  return {
    type: "request",
    method,
    target,
    minor: version,
    fields: new Fields(text, fieldsStart, fieldsEnd),
    host: fields.host,
    contentLength,
    keepAlive: requestKeepAlive(options, version),
    // No content, nothing to wait for.
    expectsContinue: requestExpectsContinue(fields, version) && contentLength !== 0,
    // RFC 9110 §7.8: without the connection option, or from an HTTP/1.0 client, Upgrade is ignored.
    upgrade: version === 1 && options.includes("upgrade") ? fields.upgrade : null,
  };
}

/** 0 or 1 for " HTTP/1.x" at `from`; -1 for what needs a closer look. */
function versionMinor(text: string, from: number): number {
  if (!text.startsWith(" HTTP/1.", from)) return -1;
  const digit = text.charCodeAt(from + VERSION_LENGTH) - 0x30;
  if (digit < 0 || digit > 9) return -1;
  return digit === 0 ? 0 : 1;
}

/** Picks the eight fields that framing needs. Names are told apart by length first: few other fields share one. */
function findFramingFields(text: string, start: number, end: number, maximum: number): FramingFields {
  const found: FramingFields = {
    host: null,
    hostCount: 0,
    contentLength: null,
    contentLengthCount: 0,
    transferEncoding: null,
    connection: null,
    expect: null,
    upgrade: null,
  };
  let count = 0;
  for (let position = start; position < end; ) {
    if (++count > maximum) throw new ProtocolError("HEAD_TOO_MANY_FIELDS");
    const colon = text.indexOf(":", position);
    const lineEnd = text.indexOf("\r\n", colon);
    switch (colon - position) {
      case 4:
        if (isNamed(text, position, "host")) {
          found.host = trimWhitespace(text, colon + 1, lineEnd);
          found.hostCount++;
        }
        break;
      case 6:
        if (isNamed(text, position, "expect")) found.expect = join(found.expect, text, colon, lineEnd);
        break;
      case 7:
        if (isNamed(text, position, "upgrade")) found.upgrade = join(found.upgrade, text, colon, lineEnd);
        break;
      case 10:
        if (isNamed(text, position, "connection"))
          found.connection = join(found.connection, text, colon, lineEnd);
        break;
      case 14:
        if (isNamed(text, position, "content-length")) {
          found.contentLength = trimWhitespace(text, colon + 1, lineEnd);
          found.contentLengthCount++;
        }
        break;
      case 17:
        if (isNamed(text, position, "transfer-encoding")) {
          found.transferEncoding = join(found.transferEncoding, text, colon, lineEnd);
        }
    }
    position = lineEnd + 2;
  }
  return found;
}

function isNamed(text: string, position: number, name: string): boolean {
  // Most fields of the same length differ in the first letter, which costs no string.
  if ((text.charCodeAt(position) | 0x20) !== name.charCodeAt(0)) return false;
  return text.slice(position, position + name.length).toLowerCase() === name;
}

function join(before: string | null, text: string, colon: number, lineEnd: number): string {
  const value = trimWhitespace(text, colon + 1, lineEnd);
  return before === null ? value : `${before}, ${value}`;
}

/** The four forms of RFC 9112 §3.2, each for the methods that may have it. */
function checkTarget(method: string, target: string): void {
  if (method === "CONNECT") {
    if (!isConnectTarget(target)) throw new ProtocolError("TARGET_INVALID");
    return;
  }
  if (target.charCodeAt(0) === SLASH || (target === "*" && method === "OPTIONS")) return;
  const authority = absoluteFormAuthority(target);
  // RFC 9110 §4.2.1: an empty host is to be refused. §4.2.4: so is userinfo in a target that was not typed by a
  // user, which is a trick; isHost has no "@".
  if (authority === null || authority === "" || authority.charCodeAt(0) === COLON || !isHost(authority)) {
    throw new ProtocolError("TARGET_INVALID");
  }
}

/** RFC 9110 §9.3.6: host and port, and an empty or invalid port is to be refused. */
function isConnectTarget(target: string): boolean {
  const colon = target.lastIndexOf(":");
  const port = colon > 0 ? parseContentLength(target.slice(colon + 1)) : -1;
  return port > 0 && port <= 65_535 && isHost(target);
}

/**
 * Finds the first row that whole lines of a head break, in the order of the bytes. It runs only once a head is
 * known to be wrong, so that the common path need not care what exactly is.
 *
 * @param end where the last whole line ends; a bare LF counts as an end of line here, and is reported
 * @returns what to throw, or null if each line is valid by itself
 */
export function diagnoseLines(text: string, start: number, end: number): ProtocolError | null {
  let position = start;
  for (let first = true; position < end; first = false) {
    const lf = text.indexOf("\n", position);
    if (lf < 0 || lf >= end) return null;
    const bare = lf === position || text.charCodeAt(lf - 1) !== 0x0d;
    const line = text.slice(position, bare ? lf : lf - 1);
    // Of an empty line, nothing but its end can be wrong: CRLF CRLF would have been the end of the head.
    if (line !== "") {
      const error = first ? requestLineError(line) : fieldLineError(line);
      if (error !== null) return error;
    }
    if (bare) return new ProtocolError("BARE_LF");
    position = lf + 1;
  }
  return null;
}

function diagnose(text: string, start: number, end: number): ProtocolError {
  // The common path was left because of something, so something must be found; the row is a safe default.
  return diagnoseLines(text, start, end) ?? new ProtocolError("REQUEST_LINE_INVALID");
}

function requestLineError(line: string): ProtocolError | null {
  const methodEnd = tokenEnd(line, 0);
  if (methodEnd === 0 || (line.charCodeAt(methodEnd) !== 0x20 && methodEnd < line.length)) {
    return new ProtocolError("METHOD_INVALID");
  }
  const targetStart = methodEnd + 1;
  const targetStop = targetEnd(line, targetStart);
  if (targetStop < line.length && line.charCodeAt(targetStop) !== 0x20)
    return new ProtocolError("TARGET_INVALID");
  // No target, or nothing behind it.
  if (targetStop === targetStart || targetStop === line.length)
    return new ProtocolError("REQUEST_LINE_INVALID");
  const version = line.slice(targetStop + 1);
  if (/^HTTP\/[0-9]\.[0-9]$/.test(version)) {
    return version.startsWith("HTTP/1.") ? null : new ProtocolError("VERSION_UNSUPPORTED");
  }
  return new ProtocolError(version.includes(" ") ? "REQUEST_LINE_INVALID" : "VERSION_INVALID");
}

function fieldLineError(line: string): ProtocolError | null {
  if (isWhitespace(line.charCodeAt(0))) return new ProtocolError("FIELD_FOLDED");
  const nameEnd = tokenEnd(line, 0);
  const colon = line.indexOf(":");
  if (colon < 0) return new ProtocolError("FIELD_COLON_MISSING");
  if (nameEnd === 0) return new ProtocolError("FIELD_NAME_INVALID");
  if (nameEnd !== colon) {
    const spaceOnly = trimWhitespace(line, nameEnd, colon) === "";
    return new ProtocolError(spaceOnly ? "FIELD_NAME_SPACE" : "FIELD_NAME_INVALID");
  }
  return fieldValueEnd(line, colon + 1) === line.length ? null : new ProtocolError("FIELD_VALUE_INVALID");
}
