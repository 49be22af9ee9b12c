import type { ServerWebSocket, WebSocketHandler } from "@mantou/serve";
import { Names } from "./names.ts";
import { type ChatMessage, parseClientMessage, refuse, type ServerMessage } from "./protocol.ts";
import { Rooms } from "./rooms.ts";

/** The state of a connection: its `ws.data`. */
export type Visitor = { id: string; name: string; room: string };

type Socket = ServerWebSocket<Visitor>;

/** Sends a message to all subscribers of a topic; `server.publish` does. */
export type Publish = (topic: string, message: string) => void;

/** The longest accepted message, in bytes: `limits.text` code units as JSON escapes of six bytes, and some spare room. */
const maxPayloadLength = 8 * 1024;

/** The handlers of every chat connection. Each room is a topic, and its people are the subscribers. */
export function chatHandlers(publish: Publish): WebSocketHandler<Visitor> {
  const rooms = new Rooms();
  const names = new Names();

  function enter(ws: Socket, room: string): void {
    const you = person(ws);
    ws.data.room = room;
    rooms.enter(room, you);
    ws.subscribe(topicOf(room));
    send(ws, { type: "welcome", room, you, people: rooms.people(room), history: rooms.history(room) });
    // Unlike server.publish, ws.publish leaves out the socket itself: the newcomer has the welcome.
    ws.publish(topicOf(room), encode({ type: "joined", person: you, at: Date.now() }));
  }

  function leave(ws: Socket): void {
    const { id, room } = ws.data;
    ws.unsubscribe(topicOf(room));
    rooms.leave(room, id);
    publish(topicOf(room), encode({ type: "left", person: person(ws), at: Date.now() }));
  }

  function say(ws: Socket, text: string, ref: string | undefined): void {
    const message: ChatMessage = {
      type: "message",
      id: crypto.randomUUID(),
      from: person(ws),
      text,
      at: Date.now(),
      ...(ref === undefined ? {} : { ref }),
    };
    rooms.remember(ws.data.room, message);
    publish(topicOf(ws.data.room), encode(message));
  }

  function rename(ws: Socket, wanted: string): void {
    const before = ws.data.name;
    if (wanted === before) return;
    // Released first, so that "ann" may become "Ann".
    names.release(before);
    ws.data.name = names.claim(wanted);
    const renamed = person(ws);
    rooms.rename(ws.data.room, renamed);
    publish(topicOf(ws.data.room), encode({ type: "renamed", person: renamed, before, at: Date.now() }));
  }

  return {
    maxPayloadLength,

    open(ws) {
      ws.data.name = names.claim(ws.data.name);
      enter(ws, ws.data.room);
    },

    message(ws, raw) {
      if (typeof raw !== "string") {
        send(ws, refuse("bad_message", "Messages are text, not binary."));
        return;
      }
      const message = parseClientMessage(raw);
      switch (message.type) {
        case "say":
          say(ws, message.text, message.ref);
          break;
        case "rename":
          rename(ws, message.name);
          break;
        case "join":
          if (message.room === ws.data.room) break;
          leave(ws);
          enter(ws, message.room);
          break;
        case "error":
          send(ws, message);
      }
    },

    close(ws) {
      leave(ws);
      names.release(ws.data.name);
    },
  };
}

function person(ws: Socket): { id: string; name: string } {
  return { id: ws.data.id, name: ws.data.name };
}

function topicOf(room: string): string {
  return `room:${room}`;
}

function send(ws: Socket, message: ServerMessage): void {
  ws.send(encode(message));
}

function encode(message: ServerMessage): string {
  return JSON.stringify(message);
}
