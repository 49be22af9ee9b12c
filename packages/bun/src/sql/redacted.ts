import { inspect } from "node:util";

const REDACTED = "[REDACTED]";

/** Prints and logs of the options have no secrets: https://bun.com/docs/runtime/sql#connection-options */
export function redactedInPrints(options: Record<string, unknown>): Readonly<Record<string, unknown>> {
  const value = (): object => ({
    ...redacted(options, ["password"]),
    ...(options["tls"] ? { tls: redacted(options["tls"], ["key", "passphrase"]) } : {}),
  });
  return Object.defineProperty(options, inspect.custom, { value });
}

function redacted(options: object, names: readonly string[]): object {
  const entries = Object.entries(options);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, names.includes(name) && value ? REDACTED : value]),
  );
}
