import { Server } from "bun";
import commands from "./commands";
import { body, failed, ok } from "./http/json";
import { Room, Session } from "./rooms";
import { check, issue, peek } from "./tokens";
import { count, login, Role, register } from "./users";

const { version } = require("../package.json");

Room.open((process.env.ROOMS ?? "general").split(","));

type Credentials = { name: string; password: string };

const server: Server<Session> = Bun.serve({
  port: process.env.PORT ?? 3005,
  routes: {
    "/": () => new Response(`Chat ${version}: ${Room.names.join(", ")}`),
    "/register": {
      POST: async (req) => {
        const { name, password } = await body<Credentials>(req);
        const user = await register(name, password);
        return ok({ name: user.name, role: Role[user.role], users: count() }, 201);
      },
    },
    "/login": {
      POST: async (req) => {
        const { name = "", password = "" } = await body<Credentials>(req);
        const user = await login(name, password);
        req.cookies.set("session", issue(user), {
          httpOnly: true,
          sameSite: "strict",
          path: "/",
          maxAge: 3600,
        });
        req.cookies.set({ name: "theme", value: "dark & blue", sameSite: "lax" });
        return ok({ welcome: user.name });
      },
    },
    "/logout": {
      POST: (req) => {
        if (!req.cookies.has("session")) return ok({ error: "not logged in" }, 401);
        req.cookies.delete("session", { path: "/" });
        return new Response(null, { status: 303, headers: { Location: "/" } });
      },
    },
    "/me": (req) => {
      const user = check(req.cookies.get("session"));
      return ok({
        name: user.name,
        role: user.role,
        theme: req.cookies.get("theme"),
        claims: peek(req.cookies.get("session")!)?.payload,
      });
    },
    "/bearer": (req) => ok({ name: check(req.headers.get("authorization")?.replace(/^Bearer /i, "")).name }),
    "/rooms/:room/log": (req) => {
      check(req.cookies.get("session"));
      const room = Room.get(req.params.room);
      if (!room) return ok({ error: "no such room" }, 404);
      const after = Number(new URL(req.url).searchParams.get("after") ?? 0);
      return ok(room.log.filter(({ n }) => n > after));
    },
    "/rooms/:room": (req, server) => {
      const user = check(req.cookies.get("session"));
      const room = Room.get(req.params.room);
      if (!room) return ok({ error: "no such room" }, 404);
      const protocol = req.headers
        .get("sec-websocket-protocol")
        ?.split(/,\s*/)
        .find((each) => each === "chat.v1");
      const data = { user: user.name, room: room.name, since: new Date() };
      const upgraded = server.upgrade(req, {
        data,
        headers: protocol ? { "Sec-WebSocket-Protocol": protocol } : undefined,
      });
      return upgraded ? undefined : ok({ error: "WebSocket expected" }, 400);
    },
  },
  fetch: () => ok({ error: "not found" }, 404),
  error: failed,
  websocket: {
    data: {} as Session,
    perMessageDeflate: true,
    maxPayloadLength: 1024,
    open(ws) {
      const room = Room.get(ws.data.room)!;
      room.enter(ws);
      ws.send(JSON.stringify({ hello: ws.data.user, last: room.log.slice(-2), since: ws.data.since }));
      room.announce(server);
    },
    message(ws, text) {
      if (typeof text !== "string") return void ws.close(1003, "text only");
      const room = Room.get(ws.data.room)!;
      const [, command, rest = ""] = /^\/(\w+)(?: (.*))?$/s.exec(text) ?? [];
      if (command === undefined)
        return void server.publish(room.topic, JSON.stringify(room.say(ws.data.user, text)), true);
      const run = commands[command];
      if (run) run(ws, server, rest);
      else ws.send(JSON.stringify({ error: `no command ${command}` }));
    },
    close(ws) {
      Room.get(ws.data.room)!.exit(ws);
    },
  },
});

console.log(
  `Chat ${version} listening on http://localhost:${server.port}, from ${__filename.split("/").slice(-2).join("/")}`,
);
