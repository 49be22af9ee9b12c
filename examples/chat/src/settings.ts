import { networkInterfaces } from "node:os";

/** The address to listen on; without a hostname, every address of the machine. */
export type Settings = { port: number; hostname?: string };

/** A setting that the user has to correct. The message is meant for them. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Reads PORT (0 to 65535, default 3000; 0 takes any free one) and HOST (default: every address of the machine, which is
 * what `serve` does by itself).
 *
 * @throws {SettingsError} where PORT is not a port number.
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const port = env["PORT"]?.trim() || "3000";
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new SettingsError(`PORT must be a number from 0 to 65535, but is "${port}". Try PORT=3000.`);
  }
  const hostname = env["HOST"]?.trim();
  return { port: Number(port), ...(hostname ? { hostname } : {}) };
}

/** Whether this process is one of several. */
export function isWorker(env: NodeJS.ProcessEnv): boolean {
  return env["MANTOU_WORKER"] !== undefined;
}

/** Whether this process says where the chat is: of several workers the first one. */
export function isAnnouncer(env: NodeJS.ProcessEnv): boolean {
  return (env["MANTOU_WORKER"] ?? "1") === "1";
}

/** The addresses to open in a browser, the one for this machine first. */
export function addresses({ hostname = "0.0.0.0", port }: Settings): string[] {
  if (hostname !== "0.0.0.0" && hostname !== "::") {
    return [`http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`];
  }
  const others = Object.values(networkInterfaces())
    .flat()
    .filter((address) => address?.family === "IPv4" && !address.internal)
    .map((address) => `http://${address?.address}:${port}`);
  return [`http://localhost:${port}`, ...others];
}

/**
 * Turns an error of `serve` that comes from the settings into one that says what is wrong and what to do.
 * Any other error is a fault of the program, and is returned unchanged.
 */
export function explain(error: unknown, { port, hostname }: Settings): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return new SettingsError(
        `Port ${port} is taken: another program listens on it, perhaps this one in another terminal.\n` +
          `Pick another with PORT=${port === 65535 ? 3000 : port + 1}, or any free one with PORT=0.`,
      );
    case "EACCES":
      return new SettingsError(
        `This user may not listen on port ${port}. Pick one above 1023, such as PORT=3000.`,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new SettingsError(`HOST=${hostname} is no address of this machine. Try HOST=localhost.`);
    default:
      return error;
  }
}
