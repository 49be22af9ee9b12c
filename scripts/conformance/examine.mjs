// What is done with one peer of the report: it is started, examined, and ended, and its violations are kept if a folder is named.
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { start, startClient, stayingCaller } from "../../packages/conformance/dist/index.js";
import { caseFileName, toCaseFile } from "../../packages/conformance/dist/report/case-file.js";
import { accepts, freePort, run, stop } from "./processes.mjs";

const examples = fileURLToPath(new URL("../../examples/conformance/", import.meta.url));

/** Milliseconds after which a client hangs. */
const CLIENT_TIMEOUT = 2_000;

/** An HTTP server, and if it is a proxy, that too. */
export async function examineServer(peer, options) {
  const verdicts = await withServer(peer, options, (port) =>
    start(`http://127.0.0.1:${port}/`, {
      ...limits(options),
      ...(peer.proxy && peer.proxy !== "/" ? { echo: peer.proxy } : {}),
    }),
  );
  save(options, peer.name, verdicts);
  return { verdicts, via: peer.proxy === undefined ? undefined : await examineAsProxy(peer, options) };
}

export async function examineWebSocket(peer, options) {
  const verdicts = await withServer(peer, options, (port) =>
    start(`ws://127.0.0.1:${port}/`, limits(options)),
  );
  save(options, `${peer.name}-websocket`, verdicts);
  return { verdicts };
}

export async function examineClient(peer, options) {
  const caller = stayingCaller(peer.command({ folder: folderFor(options) }));
  const { verdicts } = await startClient(caller, {
    ...limits(options),
    name: peer.name,
    timeout: CLIENT_TIMEOUT,
    ...peer.limits,
  });
  const list = await all(verdicts);
  save(options, `${peer.name}-client`, list);
  return { verdicts: list };
}

/** Behind a proxy Mantou has the echo. */
async function withServer(peer, options, examine) {
  const folder = folderFor(options);
  const children = [];
  try {
    const backend = await freePort();
    if (peer.proxy !== undefined) {
      const env = { PORT: `${backend}` };
      children.push(run({ command: process.execPath, args: ["mantou.js"], env, cwd: examples }));
      await accepts(backend, children[0]);
    }
    const port = await freePort();
    children.push(run(peer.start({ port, folder, backend })));
    await accepts(port, children.at(-1));
    return await all((await examine(port)).verdicts);
  } finally {
    for (const child of children) await stop(child);
  }
}

/** The peer again, before an origin of the runner's own. */
async function examineAsProxy(peer, options) {
  const [port, backend] = [await freePort(), await freePort()];
  const child = run(peer.start({ port, folder: folderFor(options), backend }));
  try {
    await accepts(port, child);
    const url = `http://127.0.0.1:${port}${peer.proxy}`;
    const { verdicts } = await startPatiently(url, { ...limits(options), origin: { port: backend } });
    const list = await all(verdicts);
    save(options, `${peer.name}-via`, list);
    return list;
  } finally {
    await stop(child);
  }
}

/** Some proxies take an origin for dead that did not listen when they began, for some seconds. */
async function startPatiently(url, options, attempts = 4) {
  try {
    return await start(url, options);
  } catch (error) {
    if (attempts === 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    return startPatiently(url, options, attempts - 1);
  }
}

const limits = ({ seed, runs }) => ({ seed, ...(runs === undefined ? {} : { runs }) });

async function all(verdicts) {
  const list = [];
  for await (const verdict of verdicts) list.push(verdict);
  return list;
}

/** A folder of the peer's own, with a page. Some servers give up root's rights, and write into it then. */
function folderFor({ scratch }) {
  const folder = mkdtempSync(join(scratch, "peer-"));
  mkdirSync(join(folder, "public"));
  for (const one of [scratch, folder, join(folder, "public")]) chmodSync(one, 0o777);
  writeFileSync(join(folder, "public/index.html"), "<p>Hello</p>\n");
  return folder;
}

function save({ save: parent }, name, list) {
  if (parent === undefined) return;
  const folder = join(parent, name.replaceAll(/[^\w.-]+/g, "-"));
  mkdirSync(folder, { recursive: true });
  for (const verdict of list) {
    if (verdict.kind !== "broken") continue;
    const text = JSON.stringify(toCaseFile(verdict), null, 2);
    writeFileSync(join(folder, caseFileName(verdict.rule.id)), text);
  }
}
