/** A program's `requests.json`: how it is started, and what clients then do, in order. */
export interface Script {
  /** The program's file, and its arguments. */
  readonly command: readonly string[];
  /** Its environment besides `PORT=0`. `{{temp}}` is an empty folder. */
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export type Step = RequestStep | SocketStep | StreamStep;

/** How a client connects. `{{name}}` in any text of a step is a value that an earlier step has saved. */
interface Opening {
  readonly fields?: Readonly<Record<string, string>>;
  /** Name of a client that keeps its cookies. */
  readonly as?: string;
}

/** One request, and its whole response. */
export interface RequestStep extends Opening {
  /** Method and target, such as `GET /`. */
  readonly send: string;
  /** Differences on purpose that hold for this response: see differences.ts. */
  readonly differs?: readonly string[];
  /** The body: one of these. */
  readonly text?: string;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly parts?: readonly Part[];
  readonly filler?: number;
  /** Values that the program makes at random, by name: `json:a.b`, `field:name`, `match:regular expression with a group`, `field:name~regular expression with a group`. */
  readonly save?: Readonly<Record<string, string>>;
}

/** A part of `multipart/form-data`. */
export interface Part {
  readonly name: string;
  readonly filename?: string;
  readonly type?: string;
  readonly text?: string;
  /** Bytes, in place of `text`. */
  readonly hex?: string;
  /** That many bytes, in place of `text`. */
  readonly filler?: number;
}

/** A WebSocket: it is opened, says something, waits for that many messages, closes, or waits until the program closes it. */
export type SocketStep = { readonly socket: string } & (
  | ({ readonly open: string; readonly protocols?: readonly string[] } & Opening)
  | { readonly say: unknown }
  | { readonly sayHex: string }
  | { readonly hear: number; readonly save?: Readonly<Record<string, string>> }
  | { readonly close: number }
  | { readonly closed: true }
);

/** A response that goes on, such as server-sent events: it is opened, waited on until a text has come that often, and left. */
export type StreamStep = { readonly stream: string } & (
  | ({ readonly open: string } & Opening)
  | { readonly until: string; readonly times?: number }
  | { readonly leave: true }
);

/** Replaces `{{name}}` in every text of a value. */
export function fillIn<T>(value: T, saved: ReadonlyMap<string, string>): T {
  if (typeof value === "string") {
    return value.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const found = saved.get(name);
      if (found === undefined) throw new Error(`nothing has been saved as ${name}`);
      return found;
    }) as T;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => fillIn(each, saved)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillIn(each, saved)])) as T;
}

/** What a step's `save` names in a response. */
export function pick(from: string, body: string, fields: Readonly<Record<string, string>>): string {
  const [, kind, rest = ""] = /^(json|field|match):(.*)$/s.exec(from) ?? [];
  if (kind === "field") {
    const [name = "", pattern] = rest.split("~", 2);
    const value = fields[name.toLowerCase()];
    return needed(pattern === undefined ? value : new RegExp(pattern).exec(value ?? "")?.[1], from);
  }
  if (kind === "match") return needed(new RegExp(rest).exec(body)?.[1], from);
  if (kind !== "json") throw new Error(`${from}: one of json:, field: and match: is expected`);
  const found = rest
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], JSON.parse(body));
  return needed(found, from);
}

function needed(value: unknown, from: string): string {
  if (value === undefined || value === null) throw new Error(`the response has no ${from}`);
  return String(value);
}
