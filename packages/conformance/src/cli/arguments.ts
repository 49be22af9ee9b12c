import { parseArgs } from "node:util";
import type { CheckOptions } from "../run/check.ts";
import type { ClientOptions } from "../run/check-client.ts";
import { isWebSocketURL } from "../target/target.ts";

/** What is printed. */
export type Format = "text" | "json" | "junit" | "markdown" | "html";

/** The command line, read and checked. */
export type Command =
  | { readonly do: "help" | "version" | "rules" }
  | { readonly do: "fail"; readonly message: string }
  | { readonly do: "replay"; readonly url: string; readonly file: string; readonly options: CheckOptions }
  | {
      readonly do: "client";
      /** Null for a client that connects by itself. */
      readonly command: readonly string[] | null;
      /** The command stays for many trials. */
      readonly stays: boolean;
      readonly options: ClientOptions;
      readonly save: string | undefined;
      readonly baseline: string | undefined;
      readonly format: Format;
    }
  | {
      readonly do: "check";
      readonly url: string;
      readonly options: CheckOptions;
      readonly save: string | undefined;
      /** An earlier run's `--json`. */
      readonly baseline: string | undefined;
      readonly format: Format;
    };

const OPTIONS = {
  only: { type: "string", multiple: true },
  skip: { type: "string", multiple: true },
  seed: { type: "string" },
  runs: { type: "string" },
  time: { type: "string" },
  level: { type: "string" },
  concurrency: { type: "string" },
  timeout: { type: "string" },
  tls: { type: "boolean" },
  unix: { type: "string" },
  path: { type: "string" },
  method: { type: "string" },
  echo: { type: "string" },
  via: { type: "string" },
  origin: { type: "string" },
  "proxy-protocol": { type: "boolean" },
  client: { type: "boolean" },
  listen: { type: "string" },
  stay: { type: "boolean" },
  save: { type: "string" },
  replay: { type: "string" },
  baseline: { type: "string" },
  json: { type: "boolean" },
  junit: { type: "boolean" },
  markdown: { type: "boolean" },
  html: { type: "boolean" },
  "allow-remote": { type: "boolean" },
  rules: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

export function parseArguments(args: readonly string[]): Command {
  try {
    return read(args);
  } catch (error) {
    if (error instanceof Error) return { do: "fail", message: error.message };
    throw error;
  }
}

function read(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help === true) return { do: "help" };
  if (values.version === true) return { do: "version" };
  if (values.rules === true) return { do: "rules" };
  if (values.client === true) return readClient(values, positionals);
  if (values.listen !== undefined) return { do: "fail", message: "--listen PORT is for --client" };
  if (values.stay === true) return { do: "fail", message: "--stay is for --client" };
  const [first, second, ...more] = values.via === undefined ? positionals : [values.via, ...positionals];
  if ((values.via === undefined) !== (values.origin === undefined)) {
    return {
      do: "fail",
      message:
        "--via URL is the proxy, and --origin listen:PORT where it passes requests on to: both are needed",
    };
  }
  const websocket = second !== undefined && isWebSocketURL(second) ? second : undefined;
  if (websocket !== undefined && (values.via !== undefined || isWebSocketURL(first!)))
    return { do: "fail", message: "A WebSocket URL stands alone, or behind the http URL of a server" };
  if (second !== websocket || more.length > 0)
    return {
      do: "fail",
      message: `One URL is examined at a time, and one of WebSocket behind it, not also ${(websocket === undefined ? positionals.slice(1) : more).join(" ")}`,
    };
  const url = first ?? (values.unix === undefined ? undefined : "http://localhost/");
  if (url === undefined) return { do: "fail", message: "The URL of the server to examine is missing" };
  const { replay } = values;
  const options: CheckOptions = {
    ...(websocket !== undefined && { websocket }),
    ...commonOptions(values),
    ...(values.tls !== undefined && { tls: values.tls }),
    ...(values.unix !== undefined && { unix: values.unix }),
    ...(values.path !== undefined && { path: values.path }),
    ...(values.method !== undefined && { method: values.method }),
    ...(values.origin !== undefined && { origin: originOf(values.origin) }),
    ...(values.echo !== undefined && { echo: values.echo }),
    ...(values["proxy-protocol"] !== undefined && { proxyProtocol: values["proxy-protocol"] }),
    ...(values["allow-remote"] !== undefined && { allowRemote: values["allow-remote"] }),
  };
  if (replay !== undefined) return { do: "replay", url, file: replay, options };
  const { save, baseline } = values;
  return { do: "check", url, options, save, baseline, format: formatOf(values) };
}

type Values = ReturnType<typeof parse>["values"];

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
}

/** What is behind `--` is the command. */
function readClient(values: Values, positionals: readonly string[]): Command {
  const { save, baseline, listen } = values;
  if (values.replay !== undefined)
    return {
      do: "fail",
      message: "--replay sends the bytes of a case to a server: a client is examined again by --only",
    };
  if (listen !== undefined && positionals.length > 0)
    return {
      do: "fail",
      message: "--listen PORT is for a client that connects by itself, without a command",
    };
  const stays = values.stay === true;
  if (stays && positionals.length === 0)
    return { do: "fail", message: "--stay is for a command: --client --stay -- COMMAND" };
  const options: ClientOptions = {
    ...commonOptions(values),
    ...(listen !== undefined && { port: integer("listen", listen, 0) }),
    name: positionals.length === 0 ? "a client that connects by itself" : positionals.join(" "),
  };
  const command = positionals.length === 0 ? null : positionals;
  return { do: "client", command, stays, options, save, baseline, format: formatOf(values) };
}

function commonOptions(values: Values): CheckOptions & ClientOptions {
  const { level } = values;
  if (level !== undefined && level !== "must" && level !== "should") {
    throw new RangeError(`--level is must or should, not ${level}`);
  }
  return {
    ...(values.only && { only: names(values.only) }),
    ...(values.skip && { skip: names(values.skip) }),
    ...(level && { level }),
    ...(values.seed !== undefined && { seed: integer("seed", values.seed, 0) }),
    ...(values.runs !== undefined && { runs: integer("runs", values.runs, 1) }),
    ...(values.time !== undefined && { time: 1000 * integer("time", values.time, 1) }),
    ...(values.concurrency !== undefined && { concurrency: integer("concurrency", values.concurrency, 1) }),
    ...(values.timeout !== undefined && { timeout: integer("timeout", values.timeout, 1) }),
  };
}

function formatOf(values: Values): Format {
  const formats = (["json", "junit", "markdown", "html"] as const).filter((name) => values[name] === true);
  if (formats.length > 1) throw new RangeError(`One of --${formats.join(" and --")} is printed at a time`);
  return formats[0] ?? "text";
}

function originOf(text: string): { host: string; port: number } {
  const [, host = "127.0.0.1", port] = /^listen:(?:(.+):)?(\d+)$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new RangeError(`--origin is listen:PORT or listen:HOST:PORT, not ${text}`);
  }
  const address = host === "localhost" ? "127.0.0.1" : host.replace(/^\[|\]$/g, "");
  return { host: address, port: Number(port) };
}

const names = (values: readonly string[]) =>
  values.flatMap((value) => value.split(",")).filter((name) => name !== "");

function integer(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value >= 2 ** 31) {
    throw new RangeError(`--${name} must be an integer from ${least} up, not ${text}`);
  }
  return value;
}
