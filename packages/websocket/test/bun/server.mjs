// Runs in Bun: accepts WebSockets, and prints in a line of JSON for each what it has received, when it is closed. At /echo it sends
// messages back.
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, it) {
    const data = { echo: new URL(request.url).pathname === "/echo", received: [] };
    return it.upgrade(request, { data }) ? undefined : new Response("no WebSocket", { status: 400 });
  },
  websocket: {
    maxPayloadLength: 16 * 1024 * 1024,
    message(ws, message) {
      ws.data.received.push(
        typeof message === "string" ? `text ${JSON.stringify(message)}` : `binary ${hex(message)}`,
      );
      if (ws.data.echo) ws.send(message);
    },
    ping: (ws, data) => void ws.data.received.push(`ping ${hex(data)}`),
    pong: (ws, data) => void ws.data.received.push(`pong ${hex(data)}`),
    close: (ws, code, reason) =>
      console.log(JSON.stringify({ received: ws.data.received, close: [code, reason] })),
  },
});
console.log(JSON.stringify({ port: server.port }));

function hex(data) {
  return Buffer.from(data).toString("hex");
}
