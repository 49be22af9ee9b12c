// An echo of messages in ws: `npm install ws`, `PORT=3000 node websocket/ws.js`
import process from "node:process";
import { WebSocketServer } from "ws";

const server = new WebSocketServer({
  port: Number(process.env.PORT ?? 3000),
  host: "127.0.0.1",
  perMessageDeflate: true,
});
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
server.on("listening", () => console.log(`Listening on http://127.0.0.1:${server.address().port}/`));
