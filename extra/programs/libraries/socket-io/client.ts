import { io, type Socket } from "socket.io-client";
import type { Service } from "../../test/support/service.ts";

export default async function client(service: Service): Promise<void> {
  await raw(service);
  await refused(service);
  for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
    await board(service, transports);
  }
  await namespaces(service);
}

/** What a client of another kind sends. */
async function raw(service: Service): Promise<void> {
  const path = "/socket.io/?EIO=4&transport=polling";
  const text = await (await fetch(service.url + path)).text();
  service.hide("sid", (JSON.parse(text.slice(1)) as { sid: string }).sid);
  service.note("handshake", text);
  await service.ask("GET /none");
  await service.ask("GET /socket.io/?EIO=3&transport=polling");
  await service.ask("GET /socket.io/?EIO=4&transport=carrier-pigeon");
  await service.ask("GET /socket.io/?EIO=4&transport=polling&sid=none");
  await service.ask("POST /socket.io/?EIO=4&transport=polling", { body: "1" });
  await service.ask("OPTIONS /socket.io/?EIO=4&transport=polling", {
    headers: { origin: "https://board.example", "access-control-request-method": "POST" },
  });
  await service.ask("GET /socket.io/?EIO=4&transport=polling", { headers: { "x-banned": "1" } });
  await service.refused("/socket.io/?EIO=4&transport=websocket", { "x-banned": "1" });
  const socket = await service.socket("/socket.io/?EIO=4&transport=websocket");
  const [open = ""] = (await socket.hear(1)).map(String);
  const { sid, ...rest } = JSON.parse(open.slice(1)) as { sid: string };
  service.note("opened", { ...rest, sid: sid.length });
  socket.say('40{"name":"raw"}');
  service.note(
    "connected",
    (await socket.hear(2)).map((each) => String(each).replace(/"sid":"[^"]+"/, '"sid"')),
  );
  socket.say('421["sum",[1,2]]');
  await service.hear("raw", socket, 1);
  socket.say("1");
  await service.closed("raw", socket);
}

async function refused(service: Service): Promise<void> {
  const socket = io(service.url, { transports: ["websocket"], forceNew: true, reconnection: false });
  const error = await new Promise<Error & { data?: unknown }>((resolve) =>
    socket.on("connect_error", resolve),
  );
  service.note("refused", [error.message, error.data]);
  socket.disconnect();
}

async function board(service: Service, transports: string[]): Promise<void> {
  const by = transports.join(" to ");
  const room = `room-${transports.join("-")}`;
  const note = (what: string, value: unknown): void => service.note(`${by}: ${what}`, value);
  const ada = connect(service, transports, "ada");
  const grace = connect(service, transports, "grace");
  note("welcome", await Promise.all([next(ada, "welcome"), next(grace, "welcome")]));
  if (transports.length === 2) await Promise.all([upgraded(ada), upgraded(grace)]);
  note("who", await ada.emitWithAck("whoami"));
  note("joins", await ada.emitWithAck("join", room));
  const joined = next(ada, "joined");
  note("joins", await grace.emitWithAck("join", room));
  note("hears", await joined);
  const drawn = Promise.all([next(grace, "drawn"), next(grace, "count")]);
  ada.emit("draw", room, { from: [1, 2.5], ink: "blåck" });
  note("drawn", await drawn);
  note(
    "sum",
    await new Promise((resolve) => ada.emit("sum", [1, 2, 3], (...all: unknown[]) => resolve(all))),
  );
  note("no sum", await new Promise((resolve) => ada.emit("sum", ["1"], (...all: unknown[]) => resolve(all))));
  note("bytes", await ada.emitWithAck("bytes", Buffer.from([1, 2, 3, 250])));
  const nested = next(ada, "nested");
  ada.emit("nested", { deep: { bytes: new Uint8Array([5, 6]), word: "w" } });
  note("nested", await nested);
  ada.on("question", (question: string, done: (answer: string) => void) => done(`${question} ada`));
  const answered = next(ada, "answered");
  ada.emit("question");
  note("answered", await answered);
  const large = next(ada, "large");
  ada.emit("large", 150_000);
  note("large", ((await large) as string[])[0]!.length);
  const burst: number[] = [];
  const all = new Promise<void>((resolve) => {
    ada.on("burst", (i: number) => burst.push(i) === 100 && resolve());
  });
  ada.emit("burst", 100);
  await all;
  note(
    "burst in order",
    burst.every((each, i) => each === i),
  );
  const left = next(ada, "left");
  const kicked = next(grace, "disconnect");
  grace.emit("kick");
  note("left", [await left, (await kicked)[0]]);
  const ended = next(ada, "disconnect");
  ada.disconnect();
  note("ended", (await ended)[0]);
  let rooms = "";
  while (rooms !== "[]") rooms = await (await fetch(`${service.url}/rooms`)).text();
}

async function namespaces(service: Service): Promise<void> {
  const [red, blue] = ["/team-red", "/team-blue"].map((team) =>
    io(`${service.url}${team}`, { transports: ["websocket"] }),
  ) as [Socket, Socket];
  const none = io(`${service.url}/none`, { transports: ["websocket"], reconnection: false });
  const teams = Promise.all([next(red, "team"), next(blue, "team")]);
  for (const socket of [red, blue, none]) service.onLeave(() => socket.disconnect());
  service.note("no namespace", await new Promise((resolve) => none.on("connect_error", resolve)));
  service.note("teams", await teams);
  const any = next(red, "any");
  red.emit("own event", 1, { two: true });
  service.note("any", await any);
  // Clients of one address share a connection.
  service.note("one connection", red.io === blue.io);
}

function connect(service: Service, transports: string[], name: string): Socket {
  const socket = io(service.url, {
    transports,
    auth: { name },
    query: { q: "1" },
    forceNew: true,
    reconnection: false,
  });
  service.onLeave(() => socket.disconnect());
  return socket;
}

function next(socket: Socket, event: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    socket.once(event, (...args: unknown[]) => resolve(event === "disconnect" ? args.slice(0, 1) : args));
    socket.once("connect_error", reject);
  });
}

function upgraded({ io: { engine } }: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (engine.transport.name === "websocket") resolve();
    else engine.once("upgrade", () => resolve());
  });
}
