/** Whether a connection is encrypted, and what of the server's certificate is checked: https://www.postgresql.org/docs/current/libpq-ssl.html */
import { invalidValue } from "../../base/invalid-argument.ts";
import type { FetchTLSOptions } from "../../fetch/options.ts";
import type { SQLOptions, SSLMode } from "../settings.ts";

/** Their order is that of the numbers in `sql.options`. */
export const SSL_MODES: readonly SSLMode[] = ["disable", "prefer", "require", "verify-ca", "verify-full"];

const MODES: ReadonlyMap<string, SSLMode> = new Map([
  ["disable", "disable"],
  ["false", "disable"],
  ["allow", "prefer"],
  ["prefer", "prefer"],
  ["require", "require"],
  ["true", "require"],
  ["verify-ca", "verify-ca"],
  ["verify-full", "verify-full"],
]);

export function isModeOfTLS(text: string): boolean {
  return MODES.has(text.toLowerCase());
}

/**
 * The options of TLS, if there are any: those of the program, and under them the files that the URL names.
 * @param parameter gives a parameter of the URL
 */
export function tlsOf(
  { tls, ssl }: SQLOptions,
  parameter: (name: string) => string | undefined,
): FetchTLSOptions | undefined {
  const given = tls ?? ssl;
  const rootFile = parameter("sslrootcert");
  // As in libpq: the certificates that the system trusts.
  const isSystem = rootFile === "system";
  const named = Object.entries({
    rejectUnauthorized: isSystem || undefined,
    caFile: isSystem ? undefined : rootFile,
    certFile: parameter("sslcert"),
    keyFile: parameter("sslkey"),
    passphrase: parameter("sslpassword"),
  }).filter(([, value]) => value !== undefined);
  const isObject = typeof given === "object" && given !== null;
  if (named.length === 0 && !isObject) return undefined;
  const options = given instanceof Blob ? { ca: given } : isObject ? given : {};
  return { ...Object.fromEntries(named), ...options };
}

/**
 * @param tls the options of TLS
 * @param ofURL the mode that the URL asks for
 * @param wantsTLS the URL is of a variable whose name asks for TLS
 * @throws TypeError for an unknown mode
 */
export function sslModeOf(
  options: SQLOptions,
  tls: FetchTLSOptions | undefined,
  ofURL: string | undefined,
  wantsTLS: boolean,
): SSLMode {
  const given = options.tls ?? options.ssl;
  const asked = typeof given === "string" ? given : (ofURL ?? process.env["PGSSLMODE"]);
  const mode = asked === undefined || asked === "" ? "disable" : MODES.get(asked.toLowerCase());
  if (mode === undefined) {
    throw invalidValue(
      "argument 'sslmode'",
      "one of: disable, allow, prefer, require, verify-ca, verify-full",
      asked,
    );
  }
  const isText = typeof given === "string";
  if (given === false || (isText && mode === "disable")) return "disable";
  if (tls !== undefined && verifies(tls)) return mode === "verify-ca" ? mode : "verify-full";
  const wantsAny = given === true || tls !== undefined || (wantsTLS && ofURL === undefined);
  return wantsAny && !isText ? atLeastRequire(mode) : mode;
}

function atLeastRequire(mode: SSLMode): SSLMode {
  return mode === "disable" || mode === "prefer" ? "require" : mode;
}

/** A CA's certificate, or a check of the program, is of no use without verification. */
function verifies({ ca, caFile, checkServerIdentity, rejectUnauthorized }: FetchTLSOptions): boolean {
  if (rejectUnauthorized === false) return false;
  return [ca, caFile, checkServerIdentity].some(Boolean) || rejectUnauthorized === true;
}
