/** Tests of an application without a port. This entry leaves the globals as they are. */
export type { WebSocketOptions } from "@mantou/websocket/client";
export { WebSocket } from "@mantou/websocket/client";
export { type TestClient, testClient } from "./testing/test-client.ts";
