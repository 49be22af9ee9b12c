// Runs an engine for as long as its standard input is open: the system closes that when the test ends, in whichever way.
//   node engine-process.mjs postgres|redis|nats BINARY_FOLDER_OR_BINARY [OPTION…]
// Options are the engine's own; a port that is given with MANTOU_ENGINE_PORT is used again.
// With MANTOU_ENGINE_TLS=1, PostgreSQL takes TLS.
// It prints one line when the engine is ready: {"port", "pid", "folder"}.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@mantou/testing/free-port";
import { cert, key } from "@mantou/testing/tls";

const [kind, where, ...options] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), `mantou-${kind}-`));
/** PostgreSQL refuses to run as root. */
const owner = process.getuid?.() === 0 && kind === "postgres" ? ownerOf("postgres") : {};
if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid);

const port = Number(process.env.MANTOU_ENGINE_PORT) || (await freePort());
const { binary, args } = { postgres, redis, nats }[kind]();
const engine = spawn(binary, [...args, ...options], {
  ...owner,
  cwd: folder,
  stdio: ["ignore", "pipe", "pipe"],
  env: environment(),
});
let printed = "";
for (const stream of [engine.stdout, engine.stderr]) {
  stream.setEncoding("utf8").on("data", (text) => {
    const before = printed;
    printed += text;
    const isReady = /ready to accept connections|server is ready/i;
    if (isReady.test(printed) && !isReady.test(before)) {
      console.log(JSON.stringify({ port, pid: engine.pid, folder }));
    }
  });
}
engine.on("close", (code) => {
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0 && !stopping) console.error(printed);
  process.exit(stopping ? 0 : 1);
});

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  // PostgreSQL: the fast shutdown, which waits for no client.
  engine.kill("SIGINT");
  setTimeout(() => engine.kill("SIGKILL"), 5000).unref();
}
process.stdin.resume().on("end", stop).on("close", stop);
// A signal to the test's whole group, such as ^C, reaches this process, too. The end of the input follows.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);

function postgres() {
  const data = join(folder, "data");
  execFileSync(
    join(where, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
    {
      ...owner,
      cwd: folder,
      env: environment(),
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  const settings = [
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${folder}`,
    "fsync=off",
    "max_prepared_transactions=4",
    "timezone=UTC",
    ...(process.env.MANTOU_ENGINE_TLS === "1" ? tls() : []),
  ];
  return {
    binary: join(where, "postgres"),
    args: ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
  };
}

function tls() {
  const [certFile, keyFile] = Object.entries({ "cert.pem": cert, "key.pem": key }).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (owner.uid !== undefined) chownSync(path, owner.uid, owner.gid);
    return path;
  });
  return ["ssl=on", `ssl_cert_file=${certFile}`, `ssl_key_file=${keyFile}`, `ssl_ca_file=${certFile}`];
}

function redis() {
  const args = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--save",
    "",
    "--appendonly",
    "no",
    "--dir",
    folder,
  ];
  return { binary: where, args };
}

function nats() {
  return { binary: where, args: ["-a", "127.0.0.1", "-p", String(port)] };
}

function ownerOf(name) {
  const id = (flag) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

function environment() {
  return { PATH: process.env.PATH, LANG: "C", TZ: "UTC", HOME: folder };
}
