// An echo of messages on Bun: `PORT=3000 bun websocket/bun.js`
const server = Bun.serve({
  port: process.env.PORT ?? 3000,
  hostname: "127.0.0.1",
  fetch: (request, self) => (self.upgrade(request) ? undefined : new Response("no", { status: 400 })),
  websocket: { perMessageDeflate: true, message: (socket, message) => void socket.send(message) },
});
console.log(`Listening on ${server.url}`);
