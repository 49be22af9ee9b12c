import { Server, ServerWebSocket } from "bun";

import throttle = require("lodash.throttle");

export type Session = { user: string; room: string; since: Date };
export type Socket = ServerWebSocket<Session>;

type Entry = { n: number; from: string; text: string };

export class Room {
  static #all = new Map<string, Room>();

  readonly members = new Map<string, Set<Socket>>();
  readonly log: Entry[] = [];
  readonly announce: (server: Server<Session>) => void;

  private constructor(readonly name: string) {
    this.announce = throttle((server: Server<Session>) => {
      server.publish(this.topic, JSON.stringify({ presence: [...this.members.keys()].sort() }));
    }, 1);
  }

  static open(names: string[]) {
    for (const name of names) this.#all.set(name, new this(name));
  }

  static get(name: string) {
    return this.#all.get(name);
  }

  static get names() {
    return [...this.#all.keys()];
  }

  get topic(): `room/${string}` {
    return `room/${this.name}`;
  }

  enter(ws: Socket) {
    const sockets = this.members.get(ws.data.user) ?? new Set();
    this.members.set(ws.data.user, sockets.add(ws));
    ws.subscribe(this.topic);
  }

  exit(ws: Socket) {
    const sockets = this.members.get(ws.data.user);
    sockets?.delete(ws);
    if (sockets?.size === 0) this.members.delete(ws.data.user);
  }

  say(from: string, text: string): Entry {
    const entry = { n: this.log.length + 1, from, text };
    this.log.push(entry);
    return entry;
  }

  kick(name: string): number {
    const sockets = [...(this.members.get(name) ?? [])];
    for (const ws of sockets) ws.close(4003, "kicked");
    return sockets.length;
  }
}
