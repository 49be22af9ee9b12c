import { type ServeOptions, type Server, serve as strictServe } from "@mantou/serve";
import { OPTION_NAMES, setMountAdopter, TLS_OPTION_NAMES } from "@mantou/serve/hosting";
import { LazyModule } from "../base/lazy.ts";

type Pages = typeof import("./pages.ts");
const pages = new LazyModule<Pages>("../global/pages.js");
const isManifest: Pages["isManifest"] = pages.function("isManifest");
const manifestPage: Pages["manifestPage"] = pages.function("manifestPage");

// A program that was built for Bun has manifests in place of its pages.
setMountAdopter((value) => (isManifest(value) ? manifestPage(value) : null));

/** Options that Bun takes, and that change nothing here. */
const WITHOUT_USE: ReadonlySet<string> = new Set(["app", "baseURI", "inspector", "onNodeHTTPRequest"]);

/** Names that Bun still reads, and the names of today. */
const OLDER_NAMES: ReadonlyMap<string, string> = new Map([
  ["host", "hostname"],
  ["webSocket", "websocket"],
]);

/** Words that name a limit, or a requirement on clients. An unknown option of such a name is never ignored. */
const SECURITY: ReadonlySet<string> = new Set([
  ...["max", "limit", "timeout", "reject", "unauthorized", "verify", "secure"],
  ...["tls", "ssl", "https", "cert", "certificate", "key", "ca", "cipher", "ciphers", "passphrase", "pfx"],
]);

type Given = Readonly<Record<string, unknown>>;

/**
 * `serve` of `@mantou/serve` for programs of Bun. Options that Bun takes and without use here are no error, nor are options of any name
 * without a value: frameworks pass such as `keyFile: undefined`. Options of TLS may stand beside the others, in place of `tls`.
 *
 * An unknown option is reported once. One that may be a limit or a requirement on clients is an error.
 * @throws TypeError or RangeError that names the option
 */
export function serve<WebSocketData = undefined, R extends string = string>(
  options: ServeOptions<WebSocketData, R>,
): Server<WebSocketData> {
  if (typeof options !== "object" || options === null) return strictServe(options);
  const given = options as unknown as Given;
  // An instance of a class, such as a framework's application, has properties of its own.
  const prototype: unknown = Object.getPrototypeOf(options);
  if (prototype === Object.prototype || prototype === null) {
    for (const name of Object.keys(given)) if (given[name] !== undefined) checkName(name);
  }
  return strictServe(knownOptions(given) as unknown as ServeOptions<WebSocketData, R>);
}

/** The same for a module's default export, whose other properties are no options. A misspelt option is an error there, too. */
export function serveExported(exported: object, hostname: string | undefined): Server {
  for (const name of Object.keys(exported)) if (!OPTION_NAMES.has(name)) checkSpelling(name);
  const options = knownOptions(exported as Given);
  return strictServe({ ...(hostname === undefined ? {} : { hostname }), ...options } as ServeOptions);
}

/** The options of `serve` among all properties, as its strict form takes them. */
function knownOptions(given: Given): Given {
  const options: Record<string, unknown> = {};
  for (const name of OPTION_NAMES) if (given[name] !== undefined) options[name] = given[name];
  for (const [older, name] of OLDER_NAMES) options[name] ||= given[older];
  // As in Bun, empty text is no address.
  for (const name of ["hostname", "unix", "websocket"]) if (!options[name]) delete options[name];
  const tls = besideOthers(given);
  if (tls !== null) options["tls"] = tls;
  return options;
}

/**
 * The options of TLS that stand beside the others; null if none has a value.
 * @throws TypeError if there is `tls`, too: Bun would ignore these silently
 */
function besideOthers(given: Given): Given | null {
  const tls: Record<string, unknown> = {};
  for (const name of TLS_OPTION_NAMES) {
    // Without a certificate these values change nothing.
    if (given[name] !== undefined && given[name] !== null && given[name] !== false && given[name] !== "")
      tls[name] = given[name];
  }
  const [first] = Object.keys(tls);
  if (first === undefined) return null;
  if (hasValue(given["tls"]))
    throw new TypeError(`${first} stands beside tls, where it would have no effect: write tls.${first}`);
  return Object.fromEntries(
    TLS_OPTION_NAMES.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  );
}

function hasValue(tls: unknown): boolean {
  if (typeof tls !== "object" || tls === null) return Boolean(tls);
  return Object.values(tls).some((value) => value !== undefined && value !== null);
}

const reported = new Set<string>();

/** @throws TypeError for an unknown name that may concern security */
function checkName(name: string): void {
  if ([OPTION_NAMES, WITHOUT_USE, OLDER_NAMES].some((names) => names.has(name))) return;
  if (TLS_OPTION_NAMES.includes(name)) return;
  checkSpelling(name);
  if (words(name).some((word) => SECURITY.has(word)))
    throw new TypeError(`serve() has no option ${JSON.stringify(name)}`);
  if (reported.has(name)) return;
  reported.add(name);
  console.warn(`serve() ignores the unknown option ${JSON.stringify(name)}`);
}

/** `max`, `header` and `size` of `maxHeaderSize`. */
function words(name: string): string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase());
}

/** @throws TypeError for a name that differs from a known one only in its case: `maxRequestBodysize` would limit nothing */
function checkSpelling(name: string): void {
  const known = [...OPTION_NAMES, ...TLS_OPTION_NAMES];
  const meant = known.find((option) => option.toLowerCase() === name.toLowerCase());
  if (meant === undefined || meant === name || OLDER_NAMES.has(name)) return;
  throw new TypeError(`serve() has no option ${JSON.stringify(name)}: the option is ${meant}`);
}
