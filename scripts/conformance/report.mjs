// The sections of docs/conformance-report.md. They have no bytes: those of violations of current versions belong to their maintainers first.

const HEAD = ["version", "held", "MUST broken", "SHOULD broken", "debatable", "not applicable"];
const TITLES = {
  servers: ["## Servers of HTTP/1.1", "server"],
  websockets: ["## Servers of WebSocket", "server"],
  clients: ["## Clients", "client"],
};
const WORDS = {
  servers: [
    "nginx, Apache and lighttpd serve a page, and pass `/echo` on; HAProxy, Varnish and Squid pass everything on to Mantou. Mantou's one debatable row",
    "is that of the Fetch standard, whose `Request` has `get` as `GET`.",
  ],
  websockets: [
    "Each one echoes messages, and takes permessage-deflate where it has it. The rules are those of RFC 6455 and RFC 7692. Mantou runs as a module, with",
    "`--import @mantou/serve/register`, and over `net.Socket` with `MANTOU_TRANSPORT=stream`; `ws` runs on the newest Node.js.",
  ],
  clients: [
    "Each one is a command that keeps [the contract of clients](client.md): what it reads of valid, doubtful and broken responses, and what it does with frames.",
    "A client that has HTTP or WebSocket only is examined by the rules of that one. A violation of a library may be that of the one below it: axios is over",
    "`node:http`, `fetch` of Node.js over its undici. undici, axios and `ws` run on the newest Node.js.",
  ],
};

/** @param results of the peers, in order: { name, version, verdicts, via? } or { name, version, notRun } */
export function section(name, results) {
  const [title, kind] = TITLES[name];
  const ran = results.filter(({ verdicts }) => verdicts !== undefined);
  const missing = results.filter(({ notRun }) => notRun !== undefined);
  const lines = [
    title,
    "",
    ...WORDS[name],
    "",
    ...table(kind, ran),
    ...proxies(ran),
    ...ran.flatMap((result) => details(`### ${result.name} ${result.version}`, result.verdicts)),
  ];
  if (missing.length > 0)
    lines.push("### Not run", "", ...missing.map((one) => `- ${one.name}: ${one.notRun}`), "");
  return lines.join("\n").trimEnd();
}

/** The document with a section in place of the one that it has. */
export function put(document, name, text) {
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->\n`];
  const [at, to] = [document.indexOf(begin), document.indexOf(end)];
  if (at === -1 || to === -1) throw new Error(`docs/conformance-report.md has no section ${name}`);
  return `${document.slice(0, at)}${begin}\n${text}\n${document.slice(to)}`;
}

function table(kind, results) {
  return [
    `| ${[kind, ...HEAD].join(" | ")} |`,
    "|---|---|---:|---:|---:|---:|---:|",
    ...results.map(row),
    "",
  ];
}

function row({ name, version, verdicts }) {
  const broken = verdicts.filter(({ kind }) => kind === "broken");
  const clear = broken.filter(({ rule }) => rule.debatable === undefined);
  const count = (kind) => verdicts.filter((verdict) => verdict.kind === kind).length;
  const musts = clear.filter(({ rule }) => rule.level === "must").length;
  return `| ${name} | ${version} | ${count("held")} | ${musts} | ${clear.length - musts} | ${broken.length - clear.length} | ${count("not-applicable") + count("unknown")} |`;
}

function proxies(ran) {
  const found = ran.filter(({ via }) => via !== undefined);
  if (found.length === 0) return [];
  return [
    "### As proxies",
    "",
    "The same servers with an origin of the runner's own behind them (`--via`), which reads strictly and notes what arrives.",
    "",
    ...table(
      "server",
      found.map(({ via, ...rest }) => ({ ...rest, verdicts: via })),
    ),
    ...found.flatMap(({ name, version, via }) => details(`#### ${name} ${version} as a proxy`, via)),
  ];
}

function details(title, verdicts) {
  const broken = verdicts.filter(({ kind }) => kind === "broken");
  if (broken.length === 0) return [title, "", "No rule is broken.", ""];
  const rank = ({ rule }) => (rule.debatable === undefined ? 0 : 2) + (rule.level === "must" ? 0 : 1);
  broken.sort((a, b) => rank(a) - rank(b) || a.rule.id.localeCompare(b.rule.id, "en", { numeric: true }));
  return [
    title,
    "",
    ...broken.map(({ rule, violation }) => {
      const tags = [
        rule.level.toUpperCase(),
        ...(rule.security === true ? ["*security*"] : []),
        ...(rule.debatable === undefined ? [] : ["**debatable**"]),
        ...(violation.repeated.broken < violation.repeated.of ? ["not each time"] : []),
      ];
      return `- \`${rule.id}\` (${tags.join(", ")}): ${rule.says}`;
    }),
    "",
  ];
}
