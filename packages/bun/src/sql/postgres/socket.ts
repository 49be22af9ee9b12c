/** Connections to PostgreSQL's server, up to its login: that is the client's. */

import { Buffer } from "node:buffer";
import { connect, isIP, type Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { type ConnectionOptions, connect as connectTLS } from "node:tls";
import { tlsSettings } from "../../fetch/tls-settings.ts";
import { clientError, closedError } from "../errors.ts";
import type { PostgresSettings } from "../settings.ts";

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const ACCEPTS_TLS = 0x53;
const REFUSES_TLS = 0x4e;

/**
 * @param signal ends the attempt
 * @throws the operating system's error (rejects); PostgresError if the server has no TLS and the mode demands it
 */
export async function openSocket(settings: PostgresSettings, signal: AbortSignal): Promise<Socket> {
  if (signal.aborted) throw closedError();
  const { port, path, sslMode, connectionTimeout } = settings;
  const socket = path === undefined ? connect({ host: hostOf(settings), port }) : connect({ path });
  const timer = setTimeout(
    () => socket.destroy(clientError("postgres", "CONNECTION_TIMEOUT", "Connection timeout")),
    connectionTimeout > 0 ? connectionTimeout * 1000 : 2 ** 31 - 1,
  );
  const stop = (): void => void socket.destroy(closedError());
  signal.addEventListener("abort", stop);
  try {
    await event(socket, "connect");
    socket.setNoDelay(true);
    if (path !== undefined || sslMode === "disable") return socket;
    return await overTLS(socket, settings);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

async function overTLS(socket: Socket, settings: PostgresSettings): Promise<Socket> {
  socket.write(SSL_REQUEST);
  const [answer] = (await event(socket, "data")) as [Buffer];
  // One byte alone: what follows it without encryption could be anyone's.
  const byte = answer.length === 1 ? answer[0] : undefined;
  if (byte === ACCEPTS_TLS) {
    const secure = connectTLS({ ...(await tlsOptions(settings)), socket });
    await event(secure, "secureConnect");
    return secure;
  }
  if (byte === REFUSES_TLS && settings.sslMode === "prefer") {
    socket.resume();
    return socket;
  }
  throw clientError("postgres", "TLS_NOT_AVAILABLE", "Server does not support SSL");
}

/** In a URL, an address of IPv6 stands in brackets. */
function hostOf({ hostname }: PostgresSettings): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

async function tlsOptions(settings: PostgresSettings): Promise<ConnectionOptions> {
  const { sslMode, tls } = settings;
  const hostname = hostOf(settings);
  const { options } = await tlsSettings(tls ?? {});
  const isChecked = sslMode === "verify-ca" || sslMode === "verify-full";
  const byDefault = process.env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0";
  return {
    ...(isIP(hostname) === 0 ? { servername: hostname } : { host: hostname }),
    ...options,
    rejectUnauthorized: isChecked && (options.rejectUnauthorized ?? byDefault),
    ...(sslMode === "verify-ca" ? { checkServerIdentity: () => undefined } : {}),
  };
}

/** Waits for an event, and reads nothing else. */
function event(socket: Socket, name: "connect" | "data" | "secureConnect"): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      socket.off(name, succeed);
      socket.off("error", fail);
      socket.off("close", close);
      if (name === "data") socket.pause();
    };
    const succeed = (...args: unknown[]): void => {
      settle();
      resolve(args);
    };
    const fail = (error: Error): void => {
      settle();
      socket.on("error", () => {});
      reject(error);
    };
    const close = (): void => fail(clientError("postgres", "CONNECTION_FAILED", "Connection closed"));
    socket.once(name, succeed);
    socket.once("error", fail);
    socket.once("close", close);
  });
}
