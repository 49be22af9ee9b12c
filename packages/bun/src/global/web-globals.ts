import { CloseEvent, ErrorEvent, WebSocket } from "@mantou/websocket/client";

/**
 * Names that are global in Bun and not in every supported Node.js: WebSocket came with 22, CloseEvent with 23, ErrorEvent with 25. `hono/bun`
 * makes a CloseEvent, and socket.io's engine for Bun asks for `WebSocket.OPEN`.
 */
for (const [name, value] of Object.entries({ CloseEvent, ErrorEvent, WebSocket })) {
  if (name in globalThis) continue;
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
