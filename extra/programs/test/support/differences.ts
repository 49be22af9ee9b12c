import type { Entry, Transcript } from "./conversation.ts";
import type { Script, Step } from "./script.ts";

/** A difference on purpose: what Mantou says where Bun says something else. */
interface Difference {
  /** The first cell of its row in docs/differences-from-bun.md. */
  readonly row: string;
  apply(entry: Entry, step: Step): Entry;
}

/** They hold wherever Bun says what they replace. */
const everywhere: readonly Difference[] = [
  {
    row: "`charset` of JSON and of the type of a Blob",
    apply: (entry) =>
      withField(entry, "content-type", (type) =>
        type === "application/json;charset=utf-8" ? "application/json" : type,
      ),
  },
  {
    row: "a refusal (400, 413, 431, 505 …)",
    apply: (entry) =>
      entry.status === 413 && Object.keys(entry.fields ?? {}).length === 0
        ? { ...entry, fields: { "content-length": "0", date: "<date>" } }
        : entry,
  },
  {
    row: "a handler's response to HEAD",
    apply: (entry, step) => (isHead(step) ? withField(entry, "date", () => "<date>") : entry),
  },
  {
    row: "a HEAD response without a body",
    apply: (entry, step) =>
      isHead(step) ? withField(entry, "content-length", (length) => (length === "0" ? null : length)) : entry,
  },
  {
    row: "the order of names in `headers.toJSON()`",
    apply: (entry) =>
      ["access-control-allow-headers", "access-control-expose-headers"].reduce(
        (result, name) => withField(result, name, (names) => names && sorted(names)),
        entry,
      ),
  },
  textDifference("the text of errors that the engine makes", [
    ["JSON Parse error: Unexpected EOF", "Unexpected end of JSON input"],
    [
      "undefined is not an object (evaluating 'comment.body')",
      "Cannot read properties of undefined (reading 'body')",
    ],
  ]),
  textDifference("the order of keys that `<<` brings into a mapping of YAML", [
    ['{"channels":["page","log"],"quiet":true}', '{"quiet":true,"channels":["page","log"]}'],
  ]),
];

/** They hold for the steps that name them by `differs`. */
const named: Readonly<Record<string, readonly Difference[]>> = {
  /** The handler returns a file. */
  file: [
    {
      row: "`Accept-Ranges` on a whole file",
      apply: (entry) => withField(entry, "accept-ranges", () => "bytes"),
    },
    {
      row: "`Last-Modified` and conditions for a file that a handler returns",
      apply: (entry) => withField(entry, "last-modified", () => "<time of the file>"),
    },
    {
      row: '`Content-Disposition: filename="…"` for a file that a handler returns',
      apply: (entry) =>
        withField(entry, "content-disposition", (value) =>
          value?.startsWith("filename=") === true ? null : value,
        ),
    },
    {
      row: "a handler's response to HEAD",
      apply: (entry, step) =>
        isHead(step) ? withField(entry, "content-type", (type) => type ?? "application/octet-stream") : entry,
    },
    {
      row: "416 for a handler's file",
      apply: (entry) =>
        entry.status === 416
          ? withField(entry, "content-type", (type) => type ?? "application/octet-stream")
          : entry,
    },
  ],
  /** A framework copies a text response by its `headers` and its `body`. */
  "copied text": [
    {
      row: '`new Response("x").headers.get("content-type")`',
      apply: (entry) =>
        withField(entry, "content-type", (type) =>
          type === null || type === "application/octet-stream" ? "text/plain;charset=utf-8" : type,
        ),
    },
  ],
  /** The handler returns a text for a request with HEAD. */
  "text of HEAD": [
    {
      row: "a handler's response to HEAD",
      apply: (entry) => withField(entry, "content-type", () => "text/plain;charset=utf-8"),
    },
  ],
  "stream in memory": [
    {
      row: "a stream with all its bytes in memory",
      apply: (entry) => withField(entry, "content-length", () => String(Buffer.byteLength(entry.body ?? ""))),
    },
  ],
  /** The program has set the field. */
  "stream with Content-Length": [
    {
      row: "`Content-Length` for a stream that is not at its end when the head leaves",
      apply: (entry) => withField(entry, "content-length", () => String(Buffer.byteLength(entry.body ?? ""))),
    },
  ],
};

/** Texts in bodies, as Bun says them and as Mantou does. */
function textDifference(row: string, texts: readonly (readonly [string, string])[]): Difference {
  return {
    row,
    apply: (entry) => {
      const [theirs, ours] = texts.find(([theirs]) => entry.body?.includes(theirs)) ?? [];
      if (theirs === undefined || ours === undefined) return entry;
      const length = String(Number(entry.fields?.["content-length"]) + ours.length - theirs.length);
      return withField({ ...entry, body: entry.body!.replace(theirs, ours) }, "content-length", () => length);
    },
  };
}

/** What the command prints itself. */
const printed = {
  row: "the line that is printed for a default export",
  apply: (line: string): string =>
    line.replace(/^Started development server: (http:\/\/localhost:<port>)$/, "Listening on $1/"),
};

export const rows: readonly string[] = [
  ...[...everywhere, ...Object.values(named).flat()].map(({ row }) => row),
  printed.row,
];

/** What Mantou is expected to say where Bun has said this. */
export function asMantouSays({ steps, prints }: Transcript, script: Script): Transcript {
  const expected = steps.map((entry, i) => {
    // A client that is a program notes its steps itself.
    const step = script.steps[i] ?? { send: entry.step };
    const ofStep = entry.differs ?? ("differs" in step ? step.differs : undefined) ?? [];
    return [...everywhere, ...ofStep.flatMap((name) => named[name] ?? unknown(name))].reduce(
      (result, difference) => difference.apply(result, step),
      entry,
    );
  });
  return { steps: expected, prints: prints.map(printed.apply) };
}

function unknown(name: string): never {
  throw new Error(`there is no difference named ${name}`);
}

/** A list of names, with the separator that it has. */
function sorted(names: string): string {
  const between = names.includes(", ") ? ", " : ",";
  return names.split(between).sort().join(between);
}

function isHead(step: Step): boolean {
  return "send" in step && step.send.startsWith("HEAD ");
}

/** @param change returns null for a field that Mantou does not send */
function withField(entry: Entry, name: string, change: (value: string | null) => string | null): Entry {
  if (entry.fields === undefined) return entry;
  const { [name]: before = null, ...others } = entry.fields;
  const after = change(before);
  return { ...entry, fields: after === null ? others : { ...others, [name]: after } };
}
