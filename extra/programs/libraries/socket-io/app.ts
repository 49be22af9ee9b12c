import { Server as Engine } from "@socket.io/bun-engine";
import { type DefaultEventsMap, Server } from "socket.io";

interface Draw {
  readonly from: [number, number];
  readonly ink?: string;
}

interface ToServer {
  join(room: string, done: (members: number) => void): void;
  draw(room: string, draw: Draw): void;
  sum(numbers: number[], done: (error: string | null, sum?: number) => void): void;
  bytes(bytes: Buffer, done: (reversed: Buffer) => void): void;
  nested(value: { readonly deep: { readonly bytes: Uint8Array; readonly word: string } }): void;
  question(): void;
  kick(): void;
  large(size: number): void;
  burst(count: number): void;
  whoami(done: (shown: unknown) => void): void;
}

const io = new Server<ToServer, DefaultEventsMap, DefaultEventsMap, { name: string }>();
const engine = new Engine({
  path: "/socket.io/",
  pingInterval: 10_000,
  maxHttpBufferSize: 200_000,
  cors: { origin: ["https://board.example"], credentials: true, methods: ["GET", "POST"] },
  editHandshakeHeaders: (headers) => void headers.set("set-cookie", "board=1"),
  editResponseHeaders: (headers) => void headers.set("x-board", "mantou"),
  allowRequest: (request) =>
    request.headers.get("x-banned") === null ? Promise.resolve() : Promise.reject("you are banned"),
});
io.bind(engine as never);
engine.on("connection_error", ({ code, message }) => console.log(`connection error ${code}: ${message}`));

io.use((socket, next) => {
  const { name } = socket.handshake.auth as { name?: string };
  if (name === undefined)
    return next(Object.assign(new Error("a name is needed"), { data: { field: "name" } }));
  socket.data.name = name;
  next();
});

io.on("connection", (socket) => {
  const { name } = socket.data;
  socket.emit("welcome", { name, recovered: socket.recovered });

  socket.on("join", async (room, done) => {
    await socket.join(room);
    socket.to(room).emit("joined", name);
    done((await io.in(room).fetchSockets()).length);
  });
  socket.on("draw", (room, draw) => {
    socket.to(room).emit("drawn", name, draw);
    io.to(room).except(socket.id).emit("count", socket.rooms.size);
  });
  socket.on("sum", (numbers, done) => {
    if (numbers.some((each) => typeof each !== "number")) done("only numbers");
    else
      done(
        null,
        numbers.reduce((sum, each) => sum + each, 0),
      );
  });
  socket.on("bytes", (bytes, done) => done(Buffer.from(bytes).reverse()));
  socket.on("nested", ({ deep }) => socket.emit("nested", { ...deep, length: deep.bytes.length }));
  socket.on("question", async () => {
    const answer = await socket.timeout(2000).emitWithAck("question", "what is your name?");
    socket.emit("answered", answer);
  });
  socket.on("large", (size) => void socket.emit("large", "x".repeat(size)));
  socket.on("burst", (count) => {
    for (let i = 0; i < count; i++) socket.emit("burst", i);
  });
  socket.on("whoami", (done) =>
    done({ transport: socket.conn.transport.name, name, query: socket.handshake.query["q"] }),
  );
  socket.on("kick", () => void socket.disconnect(true));
  socket.on("disconnecting", (reason) => {
    for (const room of socket.rooms) if (room !== socket.id) socket.to(room).emit("left", name, reason);
  });
});

io.of(/^\/team-\w+$/).on("connection", (socket) => {
  socket.emit("team", socket.nsp.name);
  socket.onAny((event, ...args) => socket.nsp.emit("any", event, args));
});

const { fetch, ...handler } = engine.handler();

export default {
  ...handler,
  fetch(request: Request, server: never) {
    return new URL(request.url).pathname === "/rooms"
      ? Response.json([...io.of("/").adapter.rooms.keys()].filter((room) => room.startsWith("room")))
      : fetch(request, server);
  },
};
