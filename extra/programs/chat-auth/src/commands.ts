import { Server } from "bun";
import { Room, Session, Socket } from "./rooms";
import { find, Role } from "./users";

type Command = (ws: Socket, server: Server<Session>, rest: string) => void;

export default {
  me(ws, server, rest) {
    server.publish(Room.get(ws.data.room)!.topic, JSON.stringify({ action: `${ws.data.user} ${rest}` }));
  },
  who(ws) {
    ws.send(JSON.stringify({ members: [...Room.get(ws.data.room)!.members.keys()] }));
  },
  msg(ws, _server, rest) {
    const [to, ...words] = rest.split(" ");
    const sockets = Room.get(ws.data.room)!.members.get(to ?? "");
    if (!sockets) return void ws.send(JSON.stringify({ error: `${to} is not here` }));
    for (const socket of sockets)
      socket.send(JSON.stringify({ private: words.join(" "), from: ws.data.user }));
  },
  kick(ws, _server, rest) {
    if (find(ws.data.user)?.role !== Role.Moderator)
      return void ws.send(JSON.stringify({ error: "moderators only" }));
    const kicked = Room.get(ws.data.room)!.kick(rest);
    ws.send(JSON.stringify({ kicked }));
  },
  quit(ws) {
    ws.close(1000, "quit");
  },
} satisfies Record<string, Command> as Record<string, Command>;
