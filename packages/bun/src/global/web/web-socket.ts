// biome-ignore-all lint/complexity/noArguments: Web IDL counts the arguments, and undefined differs from no argument
import type { WebSocket as Client } from "@mantou/websocket/client";

/**
 * The global class: the client, whose binary messages are Buffers unless the program wants them otherwise, as in Bun. It has all members
 * itself, as Web IDL demands: programs that wrap a WebSocket read its descriptors from the prototype.
 */
export function makeWebSocket(client: typeof Client): typeof Client {
  class WebSocket {
    constructor(_url: string | URL) {
      const socket = Reflect.construct(client, arguments, new.target) as Client;
      socket.binaryType = "nodebuffer";
      // biome-ignore lint/correctness/noConstructorReturn: only the client's constructor makes its private fields
      return socket;
    }
  }
  for (const [to, from] of [
    [WebSocket, client],
    [WebSocket.prototype, client.prototype],
  ] as const) {
    Object.setPrototypeOf(to, Object.getPrototypeOf(from) as object);
    for (const name of Reflect.ownKeys(from)) {
      if (!Object.hasOwn(to, name))
        Object.defineProperty(to, name, Object.getOwnPropertyDescriptor(from, name)!);
    }
  }
  return WebSocket as unknown as typeof Client;
}
