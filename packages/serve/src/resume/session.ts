import { Buffer } from "node:buffer";
import { formatPosition, type Position } from "@mantou/pubsub/relay";
import type { PreparedFrames } from "@mantou/websocket";
import type { TopicSession, TopicSocket } from "../websocket/topic-session.ts";
import { FIRST_REQUESTS, MOST_LAST, REQUESTS_A_LINE } from "./limits.ts";
import { MemberLists } from "./member-lists.ts";
import { OwnMessages } from "./own-messages.ts";
import { PageBudget } from "./page-budget.ts";
import { Replay } from "./replay.ts";
import { parseRequests, type ReplayRequest } from "./replay-request.ts";
import { type ReplayEnds, Replays } from "./replays.ts";
import type { SessionHost } from "./session-host.ts";
import type { TopicForm } from "./topic-form.ts";
import { formatTopic } from "./topic-name.ts";

const DIRECT = "d\n";
const [D, LF] = [0x64, 0x0a];

/** The server's side of the protocol `mantou.topics.1` on one WebSocket; see docs/topics-protocol.md. */
export class Session implements TopicSession, ReplayEnds {
  readonly #host: SessionHost;
  readonly #socket: TopicSocket;
  readonly #own: OwnMessages;
  /** Topics that wait for a position, with the last messages that are advised. Nothing of them is sent. */
  readonly #joining = new Map<string, number>();
  /** Topics of which messages were left out: the client does not keep up. Nothing of them is sent until it does. */
  readonly #behind = new Set<string>();
  readonly #budget = new PageBudget();
  readonly #replays: Replays;
  /** Null before it is told of members. */
  #members: MemberLists | null = null;
  /** Requests that the client may still send. */
  #requests = FIRST_REQUESTS;

  /** @param name of what this WebSocket publishes; null without history topics */
  constructor(host: SessionHost, socket: TopicSocket, name: string | null) {
    this.#host = host;
    this.#socket = socket;
    this.#own = new OwnMessages(name);
    this.#replays = new Replays(host, socket, this.#budget, this);
    if (name !== null) socket.line(`s ${name}`);
  }

  // What the client sends.

  receive(message: string | Buffer): void {
    if (typeof message !== "string") this.#receiveBytes(message);
    else if (message.startsWith(DIRECT)) this.#socket.receive(message.slice(DIRECT.length));
    else if (/^r[ \n]/.test(message)) this.#receiveRequests(message);
    else this.#socket.refuse(/^[dr]$/.test(message) ? `${message} is malformed` : "Unknown verb");
  }

  #receiveBytes(bytes: Buffer): void {
    if (bytes[0] !== D || bytes[1] !== LF) {
      this.#socket.refuse("Unknown verb");
      return;
    }
    // The application gets memory of its own, with nothing else in it.
    const { buffer, byteOffset, byteLength } = bytes;
    const from = byteOffset + DIRECT.length;
    this.#socket.receive(Buffer.from(buffer.slice(from, byteOffset + byteLength) as ArrayBuffer));
  }

  #receiveRequests(text: string): void {
    const read = parseRequests(text);
    if (typeof read === "string") {
      this.#socket.refuse(read);
      return;
    }
    const authors = this.#own.authorsOf(read.names);
    for (const request of read.requests) {
      // It may leave messages out, and close the WebSocket.
      this.#socket.flushPublished();
      if (this.#socket.closed) return;
      this.#requests--;
      if (this.#requests < 0) {
        this.#socket.refuse("Too many requests");
        return;
      }
      this.#request(request, authors);
    }
  }

  #request({ topic, from, to }: ReplayRequest, authors: ReadonlySet<string>): void {
    if (!this.#socket.isSubscribed(topic)) {
      // It does not count as a line that allows for more requests.
      this.#socket.line(`-${formatTopic(topic)}`);
      return;
    }
    const { history } = this.#host;
    const live = history.hasHistory(topic) ? history.position(topic) : null;
    // Obsolete: a `+` or `!` is on its way, or about to be.
    if (live === null || to.epoch !== live.epoch || to.offset > live.offset) return;
    if (this.#joining.has(topic) || this.#behind.has(topic)) return;
    // A replay that is under way is over.
    this.#replays.delete(topic);
    if (from === null || (typeof from !== "number" && from.epoch !== to.epoch)) this.nothing(topic, to);
    else if (typeof from !== "number" && from.offset === to.offset && from.check === to.check)
      this.complete(topic, to);
    else this.#replays.start(new Replay(topic, from, to, authors));
  }

  /** The topic has got messages, or goes on from another place. @returns whether a replay waits for more */
  moved(topic: string): boolean {
    return this.#replays.moved(topic);
  }

  // Where the topics of the client are.

  /** @param last messages that a client without a position is advised to ask for */
  subscribed(topic: string, last: number): void {
    if (this.#host.history.hasHistory(topic)) this.#tellLive(topic, last);
    else this.#tellSubscribed(topic, "");
  }

  unsubscribed(topic: string): void {
    this.#tell(`-${formatTopic(topic)}`);
    this.#behind.delete(topic);
    this.#joining.delete(topic);
    this.#replays.delete(topic);
    this.#host.forget(topic, this);
    this.#members?.unsubscribed(topic);
  }

  /** The WebSocket is closed. */
  closed(): void {
    for (const topic of [...this.#joining.keys(), ...this.#replays.topics]) this.#host.forget(topic, this);
    this.#joining.clear();
    this.#behind.clear();
    this.#replays.clear();
    this.#host.closed(this);
  }

  /** The position of a topic is known, for which this waits. */
  live(topic: string): void {
    const last = this.#joining.get(topic);
    if (last === undefined) return;
    this.#joining.delete(topic);
    this.#tellLive(topic, last);
  }

  /** The client's own message is the last one of a topic: it is left out, and the client's position goes on. */
  tellOwn(topic: string, { offset, check }: Position): void {
    // It may leave messages out, and close the WebSocket.
    this.#socket.flushPublished();
    if (this.#joining.has(topic) || this.#behind.has(topic) || !this.#socket.isSubscribed(topic)) return;
    this.#socket.line(`o ${formatTopic(topic)} ${offset}.${check}`);
  }

  #tellLive(topic: string, last: number): void {
    this.#replays.delete(topic);
    // What was published so far is before the position.
    this.#socket.flushPublished();
    const position = this.#host.history.position(topic);
    if (position === null) this.join(topic, last);
    else {
      const advice = last > 0 ? ` ${Math.min(last, MOST_LAST)}` : "";
      this.#tellSubscribed(topic, ` ${formatPosition(position)}${advice}`);
    }
  }

  #tellSubscribed(topic: string, where: string): void {
    this.#tell(`+${formatTopic(topic)}${where}`);
    if (!this.#host.hasMembers(topic)) return;
    this.#members ??= new MemberLists(this.#socket, this.#budget, (each) =>
      this.#host.askMembers(each, this),
    );
    this.#members.live(topic);
  }

  /** Gives the list of a topic's members, for which this has asked. */
  members(topic: string, list: readonly TopicForm[]): void {
    this.#socket.flushPublished();
    if (this.#joining.has(topic) || this.#behind.has(topic) || !this.#socket.isSubscribed(topic))
      this.#members?.skip(topic);
    else this.#members?.send(topic, list);
  }

  // How replays end.

  complete(topic: string, to: Position): void {
    this.#socket.line(`=${formatTopic(topic)} ${formatPosition(to)}`);
  }

  gap(topic: string, to: Position): void {
    this.#tell(`!${formatTopic(topic)} ${formatPosition(to)}`);
  }

  /** Nothing of what was asked for is there. It allows for no more requests: a wrong position would earn them. */
  nothing(topic: string, to: Position): void {
    this.#socket.line(`!${formatTopic(topic)} ${formatPosition(to)}`);
  }

  /** Sends a line that the client may answer with requests. */
  #tell(line: string): void {
    this.#requests += REQUESTS_A_LINE;
    this.#socket.line(line);
  }

  /** Waits for the topic's position. */
  join(topic: string, last = 0): void {
    this.#joining.set(topic, last);
    this.#members?.forget(topic);
    this.#host.awaitLive(topic, this);
  }

  // What the broker delivers.

  /** What of it is sent to this client. */
  select(messages: readonly PreparedFrames[]): readonly TopicForm[] {
    const { forms, gaps, authors } = this.#host.forms.of(messages);
    for (const topic of gaps) {
      this.#requests += REQUESTS_A_LINE;
      this.#replays.delete(topic);
    }
    const due = this.#own.leaveOut(forms, authors);
    if (this.#joining.size === 0 && this.#behind.size === 0) return due;
    return due.filter((form) => this.#isDue(form));
  }

  #isDue(form: TopicForm): boolean {
    if (this.#joining.has(form.topic)) return false;
    if (!this.#behind.has(form.topic)) return true;
    if (form.kind === "members") this.#members?.leaveOut(form);
    return false;
  }

  /** Messages are dropped, since too many bytes wait for the client. `drained` follows. */
  missed(forms: readonly PreparedFrames[]): void {
    for (const form of forms as readonly TopicForm[]) {
      const { topic, kind } = form;
      // Plain topics are as they are for all clients.
      if (kind === "plain") continue;
      if (kind === "members") this.#members?.leaveOut(form);
      this.#behind.add(topic);
      this.#replays.delete(topic);
    }
  }

  /** The client has taken all bytes. */
  drained(): void {
    this.#budget.drained();
    // What is published so far of these topics is left out, too.
    if (this.#behind.size > 0) this.#socket.flushPublished();
    const behind = [...this.#behind];
    this.#behind.clear();
    for (const topic of behind) if (this.#socket.isSubscribed(topic)) this.subscribed(topic, 0);
    this.#replays.drained();
    this.#members?.drained();
  }
}
