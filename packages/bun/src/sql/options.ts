/** The settings of a client of `SQL`: its arguments, a connection URL, and the environment, in this order. */

import { fileURLToPath } from "node:url";
import { invalidType } from "../base/invalid-argument.ts";
import { notThere } from "../base/missing.ts";
import { type FoundURL, urlFromEnvironment, urlOf, urlOfOptions } from "./connection-url.ts";
import { postgresSettings } from "./postgres/settings.ts";
import { type Settings, type SQLiteSettings, type SQLOptions, sharedSettings } from "./settings.ts";

/**
 * @throws Error for a protocol of no adapter; Error with what to use, for MySQL and MariaDB
 */
export function resolveOptions(first: unknown, second: unknown): Settings {
  const isURL = typeof first === "string" || first instanceof URL;
  const options = { ...((isURL || first === undefined ? second : first) as SQLOptions | null | undefined) };
  checkKinds(options);
  const found = isURL
    ? urlOf(String(first), options.adapter ?? null)
    : options.url
      ? urlOfOptions(options.url, options)
      : urlFromEnvironment(options);
  const adapter =
    options.adapter ?? (options.filename === undefined ? (found?.adapter ?? "postgres") : "sqlite");
  if (adapter === "mysql" || adapter === "mariadb") {
    throw notThere(`Bun.SQL's adapter ${JSON.stringify(adapter)}`, "the package mysql2");
  }
  if (adapter !== "postgres" && adapter !== "sqlite") {
    throw new Error(
      `Unsupported adapter: ${String(adapter)}. Supported adapters: "postgres", "sqlite", "mysql", "mariadb"`,
    );
  }
  return adapter === "sqlite" ? sqliteSettings(options, found) : postgresSettings(options, found);
}

function sqliteSettings(options: SQLOptions, found: FoundURL | null): SQLiteSettings {
  const { filename, mode } = sqliteFile(String(options.filename ?? found?.text ?? ":memory:"));
  const fromMode = {
    ro: { readonly: true },
    rw: { readonly: false, create: false },
    rwc: { readonly: false, create: true },
    memory: {},
  }[mode ?? "memory"];
  if (fromMode === undefined) {
    throw new TypeError(`The argument 'mode' must be one of: ro, rw, rwc, memory. Received '${mode}'`);
  }
  const { readonly, create, readwrite, strict, safeIntegers, bigint } = options;
  const chosen = { readonly, create, readwrite, strict, safeIntegers: safeIntegers ?? bigint };
  const open = {
    ...fromMode,
    ...Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined)),
  };
  return {
    adapter: "sqlite",
    filename,
    open,
    shown: { ...options, adapter: "sqlite", filename, ...open },
    ...sharedSettings(options),
  };
}

function sqliteFile(text: string): { filename: string; mode: string | undefined } {
  const [path, query] = text.split("?", 2) as [string, string | undefined];
  // A URL of a file is decoded; one of `sqlite:` is not, as in Bun.
  const filename = /^file:\/\/\//i.test(path)
    ? fileURLToPath(path)
    : path.replace(/^(?:sqlite|file):(?:\/\/)?/i, "");
  return {
    filename: filename === "" ? ":memory:" : filename,
    mode: query === undefined ? undefined : (new URLSearchParams(query).get("mode") ?? undefined),
  };
}

/** @throws TypeError for callbacks that are no functions, and for a transform that is no object */
function checkKinds({ onconnect, onclose, transform }: SQLOptions): void {
  const kinds = [
    ["transform", transform, "object"],
    ["onconnect", onconnect, "function"],
    ["onclose", onclose, "function"],
  ] as const;
  for (const [name, value, kind] of kinds) {
    if (value !== undefined && value !== null && typeof value !== kind) throw invalidType(name, kind, value);
  }
}
