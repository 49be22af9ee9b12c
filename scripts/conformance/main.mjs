// `pnpm conformance:report [--section NAME] [--save DIR] [peer…]`: examines the peers of each section that are installed here, and
// writes the section in docs/conformance-report.md. It names rules only: the bytes of the violations go to DIR, a case file for each.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  bunRuntime,
  denoRuntime,
  fetchedPackage,
  nodeRuntime,
  nodeRuntimes,
} from "../../bench/dist/runtimes.js";
import { clients } from "./clients.mjs";
import { examineClient, examineServer, examineWebSocket } from "./examine.mjs";
import { put, section } from "./report.mjs";
import { servers } from "./servers.mjs";
import { websockets } from "./websockets.mjs";

const DOCUMENT = fileURLToPath(new URL("../../docs/conformance-report.md", import.meta.url));
const AXIOS = "1.21.1";
const sections = {
  servers: { peers: servers, examine: examineServer },
  websockets: { peers: websockets, examine: examineWebSocket },
  clients: { peers: clients, examine: examineClient },
};

const { values, positionals } = parseArgs({
  options: {
    section: { type: "string", multiple: true, default: Object.keys(sections) },
    save: { type: "string" },
    seed: { type: "string", default: "1" },
    runs: { type: "string" },
  },
  allowPositionals: true,
});
for (const name of values.section)
  if (!Object.hasOwn(sections, name))
    throw new Error(`--section is ${Object.keys(sections).join(", ")}, not ${name}`);
const orNull = (promise) => promise.catch(() => null);
const runtimes = {
  nodes: (await Promise.all(nodeRuntimes.map((line) => orNull(nodeRuntime(line))))).filter(Boolean),
  bun: await orNull(bunRuntime()),
  deno: await orNull(denoRuntime()),
  axios: await orNull(fetchedPackage("axios", AXIOS).then((folder) => ({ folder, version: AXIOS }))),
};
const scratch = mkdtempSync(join(tmpdir(), "mantou-conformance-"));
try {
  for (const name of values.section) {
    const { peers, examine } = sections[name];
    const wanted = peers(runtimes).filter(isWanted);
    const results = [];
    for (const peer of wanted) results.push(await resultOf(peer, examine));
    // Of some peers no document is made.
    if (positionals.length === 0)
      writeFileSync(DOCUMENT, put(readFileSync(DOCUMENT, "utf8"), name, section(name, results)));
    else console.log(section(name, results));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function isWanted({ name }) {
  return (
    positionals.length === 0 || positionals.some((word) => name.toLowerCase().includes(word.toLowerCase()))
  );
}

async function resultOf(peer, examine) {
  const { name, version, why = "it is not installed here" } = peer;
  if (version === null) return { name, version, notRun: why };
  try {
    const options = {
      scratch,
      save: values.save,
      seed: Number(values.seed),
      ...(values.runs !== undefined && { runs: Number(values.runs) }),
    };
    const found = await examine(peer, options);
    const count = (kind) => found.verdicts.filter((verdict) => verdict.kind === kind).length;
    console.error(
      `${name} ${version}: ${count("held")} held, ${count("broken")} broken, ${count("not-applicable")} not applicable, ${count("unknown")} unknown`,
    );
    return { name, version, ...found };
  } catch (error) {
    console.error(`${name} ${version}: ${error.message}`);
    return { name, version, notRun: error.message };
  }
}
