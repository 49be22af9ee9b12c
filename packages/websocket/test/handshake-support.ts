import type { FieldList } from "@mantou/http1";
import {
  acceptHeaders,
  checkResponse,
  checkUpgrade,
  type ResponseCheck,
  type UpgradeAccepted,
  type UpgradeRefused,
} from "../src/index.ts";

/** RFC 6455 §1.3's key and its Sec-WebSocket-Accept. */
export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
export const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** Header fields by their names in lower case; null for one that is missing. */
export type Fields = Readonly<Record<string, string | null>>;

const REQUEST: Fields = {
  host: "example.com",
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": KEY,
};

/** Checks a valid request with some fields changed, or (null) left out. */
export function check(
  changes: Fields = {},
  line: { readonly method?: string; readonly versionMinor?: number } = {},
): UpgradeAccepted | UpgradeRefused {
  const all = { ...REQUEST, ...changes };
  return checkUpgrade({ method: "GET", versionMinor: 1, header: (name) => all[name] ?? null, ...line });
}

/** Checks a valid response to {@link KEY} with some fields changed, or (null) left out. */
export function checkHandshake(
  changes: Fields = {},
  offer: Omit<Parameters<typeof checkResponse>[1], "key"> = {},
  status = 101,
): ResponseCheck {
  const all: Fields = { ...fieldsOf(acceptHeaders(KEY)), ...changes };
  return checkResponse({ status, header: (name) => all[name] ?? null }, { key: KEY, ...offer });
}

/** A list of fields by their names in lower case. */
export function fieldsOf(list: FieldList): Record<string, string> {
  return Object.fromEntries(pairs(list).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The names in lower case, repeated ones too. */
export function namesOf(list: FieldList): string[] {
  return pairs(list).map(([name]) => name.toLowerCase());
}

function pairs(list: FieldList): [string, string][] {
  return list.flatMap((name, i) => (i % 2 === 0 ? [[name, list[i + 1]!]] : []));
}
