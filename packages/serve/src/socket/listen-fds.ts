import { fstatSync } from "node:fs";

/** A listening socket that this process has got, as an open descriptor, from the process that started it. */
export interface GivenSocket {
  readonly fd: number;
  /** The socket's name in `LISTEN_FDNAMES`, or an empty one; null for a socket that a worker has bound. */
  readonly name: string | null;
  /** The address that the `serve()` of the first worker was given; null for a socket of systemd. */
  readonly address: string | null;
}

/** `SD_LISTEN_FDS_START` of sd_listen_fds(3). */
const FIRST_FD = 3;

/** Descriptors are C's `int`. */
const MOST = 0x7fff_ffff;

/**
 * The sockets of socket activation: `LISTEN_FDS` descriptors from 3 on, named by `LISTEN_FDNAMES`, for the process `LISTEN_PID`
 * (sd_listen_fds(3)). Variables for another process, which this one has inherited, say nothing.
 * @throws Error that names the variable, for values that systemd does not write, and for a descriptor that is no open socket
 */
export function readListenFds(env: NodeJS.ProcessEnv, pid: number): GivenSocket[] {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = env;
  if (LISTEN_PID === undefined || LISTEN_FDS === undefined) return [];
  if (readNumber("LISTEN_PID", LISTEN_PID) !== pid) return [];
  const count = readNumber("LISTEN_FDS", LISTEN_FDS);
  const names = count === 0 ? [] : LISTEN_FDNAMES?.split(":");
  if (names !== undefined && names.length !== count) {
    throw activationError(
      `LISTEN_FDS is ${count}, and LISTEN_FDNAMES has ${names.length} names: ${shown(LISTEN_FDNAMES!)}`,
    );
  }
  const sockets: GivenSocket[] = [];
  for (let i = 0; i < count; i++) {
    const fd = FIRST_FD + i;
    // The first descriptor that is none ends the loop, also for a count of billions.
    if (!isSocket(fd))
      throw activationError(`LISTEN_FDS is ${count}, but descriptor ${fd} is not an open socket`);
    sockets.push({ fd, name: names?.[i] ?? "", address: null });
  }
  return sockets;
}

/** The variables of socket activation. */
const VARIABLES = ["LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES"];

/**
 * The sockets of this process. Its environment loses the variables, which are not for the programs that it starts.
 * @throws as `readListenFds`; the variables stay then
 */
export function takeListenFds(): GivenSocket[] {
  const sockets = readListenFds(process.env, process.pid);
  for (const name of VARIABLES) delete process.env[name];
  return sockets;
}

/** An error of socket activation: the environment does not fit the descriptors, or the descriptors not the program. */
export function activationError(why: string): Error {
  const code = "ERR_LISTEN_FDS";
  return Object.assign(new Error(`Failed to start server. ${why}`), { code, syscall: "listen" });
}

function readNumber(name: string, text: string): number {
  const number = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= MOST))
    throw activationError(`${name} must be a number from 0 to ${MOST}, not ${shown(text)}`);
  return number;
}

/** The variable may have any length. */
function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

function isSocket(fd: number): boolean {
  try {
    // With plain numbers, the realpathSync of Node.js takes this result for that of its next path (nodejs/node 20 to 26), and imports go astray.
    return fstatSync(fd, { bigint: true }).isSocket();
  } catch {
    return false;
  }
}
