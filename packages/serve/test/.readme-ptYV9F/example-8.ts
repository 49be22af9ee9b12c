import assert from "node:assert/strict";
import { testClient } from "@mantou/serve/testing";

const stored: string[] = [];
const { websocket, stop } = testClient({
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("?", { status: 400 })),
  websocket: {
    serial: true,
    async message(_, message) {
      await new Promise((resolve) => setTimeout(resolve, message === "slow" ? 20 : 0));
      stored.push(String(message));
    },
    close: () => void stored.push("closed"), // behind the last message
  },
});
const socket = websocket("/");
await new Promise((resolve) => socket.addEventListener("open", resolve));
socket.send("slow");
socket.send("fast");
socket.close();
await new Promise((resolve) => socket.addEventListener("close", resolve));
assert.deepEqual(stored, ["slow", "fast", "closed"]);
await stop();

export const finished = true;
