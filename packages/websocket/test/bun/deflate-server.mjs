// Runs in Bun: a server for each of the values of perMessageDeflate that are given as JSON. Prints their ports in a line of JSON.
const ports = JSON.parse(process.argv[2]).map((perMessageDeflate) => {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, it) => (it.upgrade(request) ? undefined : new Response("no WebSocket", { status: 400 })),
    websocket: { perMessageDeflate, message: (ws, message) => void ws.send(message, true) },
  });
  return server.port;
});
console.log(JSON.stringify(ports));
