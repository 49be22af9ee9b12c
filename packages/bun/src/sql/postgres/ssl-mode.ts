/** Whether a connection is encrypted, and what of the server's certificate is checked: https://www.postgresql.org/docs/current/libpq-ssl.html */
import { invalidValue } from "../../base/invalid-argument.ts";
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

/** The options of TLS, if they are an object. */
export function tlsOf({ tls, ssl }: SQLOptions): unknown {
  const given = tls ?? ssl;
  return typeof given === "object" && given !== null ? given : undefined;
}

/**
 * @param ofURL the mode that the URL asks for
 * @param wantsTLS the URL is of a variable whose name asks for TLS
 * @throws TypeError for an unknown mode
 */
export function sslModeOf(options: SQLOptions, ofURL: string | undefined, wantsTLS: boolean): SSLMode {
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
  if (given === false) return "disable";
  if (typeof given === "object" && given !== null)
    return verifies(given) ? "verify-full" : atLeastRequire(mode);
  return given === true || (wantsTLS && typeof given !== "string" && ofURL === undefined)
    ? atLeastRequire(mode)
    : mode;
}

function atLeastRequire(mode: SSLMode): SSLMode {
  return mode === "disable" || mode === "prefer" ? "require" : mode;
}

/** A CA's certificate, or a check of the program, is of no use without verification. */
function verifies(tls: object): boolean {
  const { ca, caFile, checkServerIdentity, rejectUnauthorized } = tls as Record<string, unknown>;
  if (rejectUnauthorized === false) return false;
  return (
    tls instanceof Blob || [ca, caFile, checkServerIdentity].some(Boolean) || rejectUnauthorized === true
  );
}
