// An echo of messages on Deno: `PORT=3000 deno run --allow-net --allow-env websocket/deno.js`
Deno.serve({
  port: Number(Deno.env.get("PORT") ?? 3000),
  hostname: "127.0.0.1",
  onListen: ({ port }) => console.log(`Listening on http://127.0.0.1:${port}/`),
  handler: (request) => {
    try {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.binaryType = "arraybuffer";
      socket.onmessage = ({ data }) => socket.send(data);
      socket.onerror = () => {};
      return response;
    } catch {
      return new Response("no", { status: 400 });
    }
  },
});
