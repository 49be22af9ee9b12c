import { type Server, serve } from "bun";
import { Client, Close, Disc, dropped, Op, parse } from "src/protocol";
import { Player, PlayerSocket, Room } from "./room";

const rooms = new Map<string, Room>();
const stats = { played: 0, wins: { Red: 0, Yellow: 0 } as Record<string, number>, messages: 0 };
let nextId = 1;

function roomOf(id: string): Room {
  let room = rooms.get(id);
  if (!room) {
    room = new Room(id);
    room.on("over", (room, winner) => {
      stats.played++;
      if (winner) stats.wins[Disc[winner.disc]]++;
      server.publish(
        room.topic,
        JSON.stringify({ type: "over", winner: winner?.name ?? null, board: room.board }),
      );
    });
    room.once("empty", ({ id }) => void rooms.delete(id));
    rooms.set(id, room);
  }
  return room;
}

const handlers: Record<Client.Message["type"], (ws: PlayerSocket, message: any, room: Room) => void> = {
  join(ws, { name }: Client.Join, room) {
    if (ws.data.name) throw new Error("you have joined already");
    if (typeof name !== "string" || !/^\w{1,12}$/.test(name)) throw new Error("a name is 1 to 12 letters");
    ws.data.name = name;
    if (!ws.data.spectator && !room.sit(ws.data)) {
      ws.close(Close.RoomFull, Close.reason(Close.RoomFull));
      return;
    }
    ws.subscribe(room.topic);
    ws.send(JSON.stringify({ type: "welcome", id: ws.data.id, disc: Disc[ws.data.disc], room }));
    ws.publish(room.topic, JSON.stringify({ type: "joined", name, state: room.state }));
  },
  chat(ws, { text }: Client.Chat, room) {
    const { name = "?" } = ws.data;
    server.publish(
      room.topic,
      JSON.stringify({ type: "chat", from: name, text: String(text).slice(0, 100) }),
    );
  },
  drop(ws, { column }: Client.Drop, room) {
    const row = room.drop(ws.data, column);
    server.publish(room.topic, JSON.stringify({ type: "dropped", by: ws.data.name, column, row }));
  },
  board(ws, _, room) {
    ws.sendText(JSON.stringify({ type: "board", board: room.board, state: room.state }));
  },
  rematch(_ws, _message, room) {
    room.rematch();
    server.publish(room.topic, JSON.stringify({ type: "rematch", room }));
  },
  whoami(ws) {
    ws.send(
      JSON.stringify({
        ...ws.data,
        subscribed: ws.isSubscribed(`room:${ws.data.room}`),
        state: ws.readyState,
      }),
    );
  },
  leave(ws) {
    ws.close(Close.Left, Close.reason(Close.Left));
  },
};

function binary(ws: PlayerSocket, bytes: Buffer) {
  const room = roomOf(ws.data.room);
  switch (bytes[0]) {
    case Op.Ping:
      ws.sendBinary(new Uint8Array([Op.Pong, ...bytes.subarray(1)]));
      break;
    case Op.Drop: {
      const column = bytes.readUInt8(1);
      const row = room.drop(ws.data, column);
      server.publish(room.topic, dropped(column, row, ws.data.disc));
      break;
    }
    default:
      ws.close(Close.BadMessage, Close.reason(Close.BadMessage));
  }
}

const server: Server<Player> = serve<Player>({
  port: Number(process.env.PORT ?? 3001),
  async fetch(req, server) {
    const url = new URL(req.url);
    if (url.pathname === "/") return new Response(Bun.file(import.meta.dir + "/help.txt"));
    if (url.pathname === "/stats")
      return Response.json({ ...stats, rooms: rooms.size, sockets: server.pendingWebSockets });
    if (url.pathname === "/rooms") {
      if (req.method !== "GET")
        return new Response("Method not allowed", { status: 405, headers: { Allow: "GET" } });
      return Response.json([...rooms.values()]);
    }

    const play = /^\/rooms\/([\w-]+)(\/play|\/watch)?$/.exec(url.pathname);
    if (!play) return new Response("Not found", { status: 404 });
    const [, id, action] = play;
    if (!action) {
      const room = rooms.get(id);
      return room ? Response.json(room) : Response.json({ error: `no room ${id}` }, { status: 404 });
    }
    const data: Player = { room: id, id: nextId++, disc: Disc.None, spectator: action === "/watch" };
    if (server.upgrade(req, { data, headers: { "X-Player": String(data.id) } })) return;
    nextId--;
    return new Response("This address is for WebSockets", { status: 426, headers: { Upgrade: "websocket" } });
  },
  websocket: {
    maxPayloadLength: 4096,
    idleTimeout: 120,
    publishToSelf: false,
    open(ws) {
      const room = roomOf(ws.data.room);
      if (ws.data.spectator) room.spectators++;
      ws.send(JSON.stringify({ type: "hello", id: ws.data.id, room: room.id }));
    },
    message(ws, message) {
      stats.messages++;
      try {
        if (typeof message !== "string") return binary(ws, message);
        const parsed = parse(message);
        const handler = handlers[parsed.type];
        if (!handler) throw new Error(`unknown type ${parsed.type}`);
        if (!ws.data.name && parsed.type !== "join" && parsed.type !== "whoami")
          throw new Error("join first");
        handler(ws, parsed, roomOf(ws.data.room));
      } catch (error) {
        const message = error instanceof SyntaxError ? "not JSON" : (error as Error).message;
        ws.send(JSON.stringify({ type: "error", message }));
      }
    },
    close(ws, code) {
      const room = rooms.get(ws.data.room);
      if (!room) return;
      ws.unsubscribe(room.topic);
      if (ws.data.spectator) room.spectators--;
      if (ws.data.name)
        server.publish(room.topic, JSON.stringify({ type: "left", name: ws.data.name, code }));
      room.stand(ws.data);
    },
  },
});

console.log(`Game server on http://${server.hostname}:${server.port}`);
