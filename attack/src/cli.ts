import { parseArgs } from "node:util";
import { type Settings, TRANSPORTS, type Transport } from "./attack.ts";

export const USAGE = `pnpm attack [options]

Runs hostile clients and handlers against a built server, and prints their cost beside its bounds.

  --minutes N              the time for each generated property, from 0.1 up (default 1); floods have a fixed size
  --transport T            handle, stream or tls (default handle)
  --plain                  the server keeps the platform's globals, as with @mantou/serve/plain
  --seed N                 the seed of everything generated (default: a random one)
  --only TEXT              runs only attacks with this text in their names; may be given several times
  --list                   lists the attacks, and runs none
  --help                   prints this

Exit code 0: every bound holds; 1: one is exceeded; 2: the options are wrong.
`;

export interface Options {
  readonly settings: Settings;
  readonly only: readonly string[];
  readonly list: boolean;
  readonly help: boolean;
}

/** An invalid command line; the message gives the reason. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** @throws UsageError */
export function parseOptions(args: readonly string[], randomSeed: () => number): Options {
  const values = parse(args);
  const transport = values.transport ?? "handle";
  if (!isTransport(transport)) throw new UsageError(`--transport must be one of ${TRANSPORTS.join(", ")}`);
  const minutes = numberOf("minutes", values.minutes ?? "1");
  if (minutes < 0.1) throw new UsageError("--minutes must be at least 0.1");
  const seed = values.seed === undefined ? randomSeed() : numberOf("seed", values.seed);
  if (!Number.isInteger(seed)) throw new UsageError("--seed must be an integer");
  return {
    settings: { transport, plain: values.plain === true, seed, budget: minutes * 60_000 },
    only: values.only ?? [],
    list: values.list === true,
    help: values.help === true,
  };
}

interface Values {
  readonly minutes?: string;
  readonly transport?: string;
  readonly plain?: boolean;
  readonly seed?: string;
  readonly only?: string[];
  readonly list?: boolean;
  readonly help?: boolean;
}

function parse(args: readonly string[]): Values {
  try {
    return parseArgs({
      args: [...args],
      options: {
        minutes: { type: "string" },
        transport: { type: "string" },
        plain: { type: "boolean" },
        seed: { type: "string" },
        only: { type: "string", multiple: true },
        list: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function numberOf(name: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new UsageError(`--${name} must be a number, not "${text}"`);
  return value;
}

function isTransport(text: string): text is Transport {
  return TRANSPORTS.some((transport) => transport === text);
}
