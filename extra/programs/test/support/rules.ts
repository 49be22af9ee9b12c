/** What differs from run to run by its nature. Each rule replaces it by its name, where it is valid; nothing else is replaced. */
export interface Rule {
  readonly name: string;
  readonly reason: string;
  apply(text: string, run: Run): string;
}

/** What is known of the run that is written down. */
export interface Run {
  readonly port: number;
  readonly temp: string;
  /** Milliseconds since 1970, when the program was started. */
  readonly started: number;
  readonly saved: ReadonlyMap<string, string>;
}

const JWT = /\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/g;

export const rules: readonly Rule[] = [
  {
    name: "address",
    reason: "The operating system chooses the port.",
    apply: (text, { port }) => text.replaceAll(`:${port}`, ":<port>"),
  },
  {
    name: "temp",
    reason: "Each run has an empty folder of its own.",
    apply: (text, { temp }) => text.replaceAll(temp, "<temp>"),
  },
  {
    name: "token",
    reason:
      "A signed token has the second in which it was made. What it says is compared, its signature is not.",
    apply: (text) =>
      text.replaceAll(JWT, (token) => {
        const [head, claims] = token
          .split(".")
          .map((part) => Buffer.from(part, "base64url").toString("utf8"));
        return `<token ${head} ${claims}>`;
      }),
  },
  {
    name: "saved",
    reason: "The program makes it at random, and later requests of the script name it.",
    apply: (text, { saved }) =>
      [...saved].reduce((result, [name, value]) => result.replaceAll(value, `<${name}>`), text),
  },
  {
    name: "uuid",
    reason: "`crypto.randomUUID()`",
    apply: (text) =>
      text.replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g, "<uuid>"),
  },
  {
    name: "time",
    reason: "A time within the run, in ISO 8601.",
    apply: (text, run) =>
      text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (time) =>
        isNow(Date.parse(time), run) ? "<time>" : time,
      ),
  },
  {
    name: "date",
    reason: "A time within the run, as HTTP writes it.",
    apply: (text, run) =>
      text.replaceAll(/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/g, (date) =>
        isNow(Date.parse(date), run) ? "<date>" : date,
      ),
  },
  {
    name: "milliseconds",
    reason: "A time within the run, in milliseconds since 1970.",
    apply: (text, run) =>
      text.replaceAll(/\b\d{13}\b/g, (number) => (isNow(Number(number), run) ? "<milliseconds>" : number)),
  },
  {
    name: "seconds",
    reason: "A time within the run, or at most a day behind it, in seconds since 1970.",
    apply: (text, run) =>
      text.replaceAll(/\b\d{10}\b/g, (number) => {
        const milliseconds = Number(number) * 1000;
        if (isNow(milliseconds, run)) return "<seconds>";
        const later = Math.round((milliseconds - run.started) / 3_600_000);
        return isNow(milliseconds - later * 3_600_000, run) && later <= 24
          ? `<seconds + ${later} h>`
          : number;
      }),
  },
];

/** The same for fields of a response, by their names. */
export interface FieldRule {
  readonly name: string;
  readonly fields: readonly string[];
  readonly reason: string;
  /** @returns null for a field that is left out */
  apply(value: string, status: number): string | null;
}

export const fieldRules: readonly FieldRule[] = [
  {
    name: "connection",
    fields: ["connection", "keep-alive", "transfer-encoding"],
    reason: "They belong to the connection, not to the response (RFC 9110, 7.6.1): clients do not show them.",
    apply: () => null,
  },
  {
    name: "handshake",
    fields: ["sec-websocket-accept"],
    reason: "It is made of the client's random key, and the client checks it.",
    apply: () => null,
  },
  {
    name: "interim date",
    fields: ["date"],
    reason: "Optional in an interim response (RFC 9110, 6.6.1).",
    apply: (value, status) => (status < 200 ? null : value),
  },
  {
    name: "character set",
    fields: ["content-type"],
    reason: "Names of character sets have no case (RFC 9110, 8.3.2).",
    apply: (value) => value.replace(/charset=utf-8/i, "charset=utf-8"),
  },
  {
    name: "entity tag",
    fields: ["etag"],
    reason: "Opaque (RFC 9110, 8.8.3). Whether it is there, and whether it is weak, is compared.",
    apply: (value) => value.replace(/".*"/, '"<tag>"'),
  },
  {
    name: "modified",
    fields: ["last-modified"],
    reason: "The time of a file is that of the checkout.",
    apply: (value) => (Date.parse(value) <= Date.now() ? "<time of the file>" : value),
  },
];

/** @returns null for a field that is left out */
export function normaliseField(name: string, value: string, status: number): string | null {
  return fieldRules
    .filter(({ fields }) => fields.includes(name))
    .reduce<string | null>((result, rule) => (result === null ? null : rule.apply(result, status)), value);
}

/** Applies all rules. */
export function normalise(text: string, run: Run): string {
  return rules.reduce((result, rule) => rule.apply(result, run), text);
}

function isNow(time: number, run: Run): boolean {
  // Some times have no milliseconds.
  return time >= run.started - 1000 && time <= Date.now() + 1000;
}
