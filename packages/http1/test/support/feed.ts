import { Buffer } from "node:buffer";

/** A connection of either role, seen from the side of its bytes and events. */
export interface Machine<Event> {
  receive(bytes: Uint8Array, start: number, end: number): void;
  receiveEnd(): void;
  next(): Event | null;
}

/**
 * All pieces pass through this memory, as in a server that reads every socket into one block. It is overwritten as soon as the
 * contract allows, so that bytes which a connection borrows for too long turn into something else.
 */
const block = Buffer.alloc(64 * 1024);

/** Gives `bytes` to the connection in shared memory, and takes all events that they make possible. */
export function feed<Event>(
  connection: Machine<Event>,
  bytes: Uint8Array,
  onEvent: (event: Event) => void,
): void {
  const memory = bytes.length <= block.length ? block : Buffer.alloc(bytes.length);
  const start = Math.min(bytes.length % 7, memory.length - bytes.length);
  memory.set(bytes, start);
  try {
    connection.receive(memory, start, start + bytes.length);
    drain(connection, onEvent);
  } finally {
    memory.fill("X", start, start + bytes.length);
  }
}

export function drain<Event>(connection: Machine<Event>, onEvent: (event: Event) => void): void {
  for (let event = connection.next(); event !== null; event = connection.next()) onEvent(event);
}
