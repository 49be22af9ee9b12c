import type { Connection, ConnectionEvents } from "../connection.ts";
import { ClientConnection } from "./client-connection.ts";
import { HubConnection } from "./hub-connection.ts";
import { removeSocket, socketAt } from "./place.ts";

/** How often one attempt looks again, when others take the place or leave it meanwhile. */
const TRIES = 4;

/**
 * Connects to the hub of a path, or becomes it.
 * @throws Error that says what to do (rejects)
 */
export async function connectLocal(path: string, events: ConnectionEvents): Promise<Connection> {
  try {
    return await findRole(path, events);
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, path);
  }
}

async function findRole(path: string, events: ConnectionEvents): Promise<Connection> {
  for (let i = 0; i < TRIES; i++) {
    const socket = socketAt(path);
    const client = socket === null ? null : await ClientConnection.open(path, events);
    if (client !== null) return client;
    // Its process is dead or stopped. One that wakes up finds that the path is not its own any more.
    if (socket !== null) removeSocket(path, socket);
    const hub = await HubConnection.open(path, events);
    if (hub !== null) return hub;
  }
  throw new Error(`other processes take ${path} again and again`);
}

function explain(error: NodeJS.ErrnoException, path: string): Error {
  const { code } = error;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new Error(`the folder of ${path} is not there: make it, or give local() another path`, {
      cause: error,
    });
  }
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    return new Error(`this user may not use ${path}: give local() a path in a folder of its own`, {
      cause: error,
    });
  }
  // What the system says names no path of ours.
  if (code === undefined || error.message.includes(path)) return error;
  return new Error(`local() cannot use ${path}: ${error.message}`, { cause: error });
}
