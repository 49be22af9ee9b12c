import type { ServerWebSocket, WebSocketHandler } from "@mantou/serve";
import { Names } from "./names.ts";
import { type Person, parseClientMessage, refuse, type ServerMessage, topicOf } from "./protocol.ts";

/** The state of a connection: its `ws.data`. */
export type Visitor = { id: string; name: string; room: string };

type Socket = ServerWebSocket<Visitor>;

/** Sends a message to all subscribers of a topic; `server.publish` does. */
export type Publish = (topic: string, message: string) => void;

/** The longest accepted message, in bytes: `limits.text` code units as JSON escapes of six bytes, and some spare room. */
const maxPayloadLength = 8 * 1024;

/**
 * The handlers of every chat connection. A room is a topic: what is said in it has a history, so that a page gets it once and in order over any
 * number of connections, and its people are its members, over all instances.
 */
export function chatHandlers(publish: Publish): WebSocketHandler<Visitor> {
  const names = new Names();

  function enter(ws: Socket, room: string): void {
    const you = person(ws);
    ws.data.room = room;
    ws.subscribe(topicOf(room), { presence: you });
    send(ws, { type: "welcome", room, you });
  }

  function say(ws: Socket, text: string, ref: string | undefined): void {
    const message: ServerMessage = {
      type: "message",
      id: crypto.randomUUID(),
      from: person(ws),
      text,
      at: Date.now(),
      ...(ref === undefined ? {} : { ref }),
    };
    publish(topicOf(ws.data.room), encode(message));
  }

  function rename(ws: Socket, wanted: string): void {
    const before = ws.data.name;
    if (wanted === before) return;
    // Released first, so that "ann" may become "Ann".
    names.release(before);
    ws.data.name = names.claim(wanted);
    // As a member it leaves and joins under the other name.
    ws.subscribe(topicOf(ws.data.room), { presence: person(ws) });
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
          ws.unsubscribe(topicOf(ws.data.room));
          enter(ws, message.room);
          break;
        case "error":
          send(ws, message);
      }
    },

    close(ws) {
      names.release(ws.data.name);
    },
  };
}

function person(ws: Socket): Person {
  return { id: ws.data.id, name: ws.data.name };
}

function send(ws: Socket, message: ServerMessage): void {
  ws.send(encode(message));
}

function encode(message: ServerMessage): string {
  return JSON.stringify(message);
}
