import {
  formatPosition,
  type HistoryHost,
  type PlacedFrames,
  type Position,
  type PresenceMember,
} from "@mantou/pubsub/relay";
import type { PreparedFrames } from "@mantou/websocket";
import type { Flushed } from "../socket/flush-queue.ts";
import type { FlushScheduler } from "../socket/flush-scheduler.ts";
import { membersTexts } from "../topics/member-text.ts";
import type { TopicSocket } from "../websocket/topic-session.ts";
import { sessionName } from "./authors.ts";
import { CHANGE_BYTES, LIST_BYTES, LIST_PAUSE_MS, MOST_LIST_BYTES } from "./limits.ts";
import { Session } from "./session.ts";
import type { SessionHistory, SessionHost, SessionPresence } from "./session-host.ts";
import { PlainTopicMessages, TopicForm, TopicLine } from "./topic-form.ts";
import { TopicForms } from "./topic-forms.ts";
import { formatTopic } from "./topic-name.ts";
import { Waiting } from "./waiting.ts";

/** What the sessions of a server need of it. */
export interface SessionsHost {
  readonly history: SessionHistory;
  /** Null if no topic has presence. */
  readonly presence: SessionPresence | null;
  readonly flushScheduler: FlushScheduler;
  /** Runs a task some milliseconds later. It does not keep the process alive. */
  later(task: () => void, ms: number): void;
  /** Gives messages to the subscribers of a topic, in the order of what is published. */
  publish(topic: string, messages: PreparedFrames): void;
}

/** The topic clients of a server. It is made when the first one comes. */
export class TopicSessions implements HistoryHost, SessionHost, Flushed {
  next: Flushed | null = null;
  readonly forms: TopicForms = new TopicForms();
  readonly #host: SessionsHost;
  /** Those that wait for a position. */
  readonly #joining = new Waiting<Session>();
  /** Those that are told the members of a topic. */
  readonly #asking = new Waiting<Session>();
  /** Topics whose lists are not made anew now. */
  readonly #resting = new Set<string>();
  readonly #lists = new WeakMap<readonly PresenceMember[], readonly TopicForm[]>();
  /** Those whose clients have messages that have not come here. */
  readonly #ahead = new Waiting<Session>();
  /** All sessions, with the tags of what they publish; 0 without. */
  readonly #tags = new Map<object, number>();
  readonly #publishers = new Map<number, Session>();
  /** The last messages of this turn that a client has published itself, by topic. */
  readonly #own = new Map<string, { readonly session: Session; readonly position: Position }>();

  constructor(host: SessionsHost) {
    this.#host = host;
  }

  get history(): SessionHistory {
    return this.#host.history;
  }

  /** @param tag of the messages that the WebSocket publishes; 0 for none */
  open(socket: TopicSocket, tag: number): Session {
    const session = new Session(this, socket, tag === 0 ? null : sessionName(this.history.instance, tag));
    this.#tags.set(session, tag);
    if (tag !== 0) this.#publishers.set(tag, session);
    return session;
  }

  /** Messages of a plain topic for all its subscribers. */
  plain(topic: string, messages: PreparedFrames, compress: boolean): PreparedFrames {
    return this.#tags.size === 0 ? messages : new PlainTopicMessages(topic, messages, compress);
  }

  /** Messages before a position are lost for all subscribers of a history topic. */
  gap(topic: string, position: Position): void {
    if (this.#tags.size === 0) return;
    const text = `!${formatTopic(topic)} ${formatPosition(position)}`;
    this.#host.publish(topic, new TopicLine(topic, "gap", text));
  }

  /** The position of a topic is known, or known again. */
  live(topic: string): void {
    this.#move(topic);
    for (const session of this.#joining.take(topic)) session.live(topic);
  }

  /** The broker has got the messages. A client that has published the last one itself does not get it. */
  deliver(topic: string, frames: PlacedFrames): void {
    this.#move(topic);
    if (this.#publishers.size === 0 || frames.instance !== this.history.instance) return;
    const session = this.#publishers.get(frames.tagOf(frames.count - 1));
    if (session === undefined) return;
    this.#own.set(topic, { session, position: frames.position });
    this.#host.flushScheduler.add(this);
  }

  /** Members of a topic have come. */
  joined(topic: string, members: readonly PresenceMember[]): void {
    this.#tellMembers(topic, "join", members);
  }

  /** Members of a topic have left. */
  left(topic: string, members: readonly PresenceMember[]): void {
    this.#tellMembers(topic, "leave", members);
  }

  #tellMembers(topic: string, change: "join" | "leave", members: readonly PresenceMember[]): void {
    if (this.#tags.size === 0) return;
    for (const { text } of membersTexts(members, CHANGE_BYTES))
      this.#host.publish(topic, new TopicLine(topic, "members", memberLine(topic, `"${change}":${text}`)));
  }

  /** The end of the turn: what is published is delivered. Places that other messages have passed are told by those. */
  flush(): void {
    for (const [topic, { session, position }] of this.#own) {
      if (this.history.position(topic)?.offset === position.offset) session.tellOwn(topic, position);
    }
    this.#own.clear();
  }

  // What sessions tell.

  awaitLive(topic: string, session: Session): void {
    this.#joining.add(topic, session);
  }

  awaitMessages(topic: string, session: Session): void {
    this.#ahead.add(topic, session);
  }

  hasMembers(topic: string): boolean {
    return this.#host.presence?.has(topic) === true;
  }

  askMembers(topic: string, session: Session): void {
    const isAsked = this.#asking.has(topic);
    this.#asking.add(topic, session);
    if (!isAsked && !this.#resting.has(topic)) this.#askMembers(topic);
  }

  #askMembers(topic: string): void {
    this.#host.presence?.members(topic, (members) => {
      // One answer for all that have asked in this moment.
      const sessions = [...this.#asking.take(topic)];
      if (sessions.length === 0) return;
      const list = this.#listOf(topic, members);
      for (const one of sessions) one.members(topic, list);
    });
  }

  /** A long list was made: the next one has to wait. */
  #rest(topic: string): void {
    this.#resting.add(topic);
    this.#host.later(() => {
      this.#resting.delete(topic);
      if (this.#asking.has(topic)) this.#askMembers(topic);
    }, LIST_PAUSE_MS);
  }

  /** The same array, whose frames are joined and compressed once, as long as the members are the same. */
  #listOf(topic: string, members: readonly PresenceMember[]): readonly TopicForm[] {
    const known = this.#lists.get(members);
    if (known?.[0]?.topic === topic) return known;
    const list = [new TopicForm(topic, "members", listLine(topic, members), true)];
    this.#lists.set(members, list);
    if (list[0]!.size > LIST_BYTES) this.#rest(topic);
    return list;
  }

  forget(topic: string, session: Session): void {
    this.#asking.delete(topic, session);
    this.#joining.delete(topic, session);
    this.#ahead.delete(topic, session);
  }

  closed(session: Session): void {
    this.#publishers.delete(this.#tags.get(session) ?? 0);
    this.#tags.delete(session);
  }

  /** The topic's position has changed. */
  #move(topic: string): void {
    for (const session of this.#ahead.take(topic)) if (session.moved(topic)) this.#ahead.add(topic, session);
  }
}

/** As many of the members as a list may have, and how many others there are. */
function listLine(topic: string, members: readonly PresenceMember[]): string {
  const [list] = membersTexts(members, MOST_LIST_BYTES);
  const { text, count } = list!;
  const others = members.length - count;
  return memberLine(topic, `"members":${text}${others > 0 ? `,"others":${others}` : ""}`);
}

function memberLine(topic: string, fields: string): string {
  return `j ${formatTopic(topic)}\n{${fields}}`;
}
