import { setTimeout } from "node:timers";
import { logError, runIsolated } from "../errors/log.ts";
import type { SessionPresence } from "../resume/session-host.ts";
import type { TopicSessions } from "../resume/topic-sessions.ts";
import type { TopicHistory } from "../topics/topic-history.ts";
import type { TopicPresence } from "../topics/topic-presence.ts";
import type { Publisher } from "../websocket/publisher.ts";
import type { TopicClients, TopicSession, TopicSocket } from "../websocket/topic-session.ts";

type SessionsModule = typeof import("../resume/topic-sessions.ts");

/** The topic clients of a server. Their code is loaded when the first one comes. */
export class LazyTopicClients implements TopicClients {
  readonly #publisher: Publisher;
  /** Null if all topics are plain. */
  readonly #history: TopicHistory | null;
  /** Null if no topic has presence. */
  readonly #presence: TopicPresence | null;
  readonly #importSessions: () => Promise<SessionsModule>;
  #sessions: TopicSessions | null = null;
  #loading: Promise<TopicSessions> | null = null;

  constructor(
    publisher: Publisher,
    history: TopicHistory | null,
    presence: TopicPresence | null,
    importSessions: () => Promise<SessionsModule> = () => import("../resume/topic-sessions.ts"),
  ) {
    this.#publisher = publisher;
    this.#history = history;
    this.#presence = presence;
    this.#importSessions = importSessions;
  }

  open(socket: TopicSocket, tag: number, begun: (session: TopicSession) => void): void {
    const publisher = this.#history === null ? 0 : tag;
    if (this.#sessions !== null) {
      begun(this.#sessions.open(socket, publisher));
      return;
    }
    const loading = this.#loading ?? this.#load();
    this.#loading = loading;
    loading.then(
      (sessions) => begin(sessions, socket, publisher, begun),
      (error: unknown) => {
        // A lack of file descriptors passes, for example: the next client tries again.
        if (this.#loading === loading) this.#loading = null;
        logError(error);
        socket.refuse("Topics are not available");
      },
    );
  }

  async #load(): Promise<TopicSessions> {
    const module = await this.#importSessions();
    const publisher = this.#publisher;
    const history = this.#history;
    const presence = this.#presence;
    const sessions = new module.TopicSessions({
      flushScheduler: publisher.flushScheduler,
      later: (task, ms) => void setTimeout(() => runIsolated(task), ms).unref(),
      publish: (topic, messages) => publisher.receive(topic, messages),
      presence: presence === null ? null : presenceOf(presence),
      history: {
        instance: history?.instance ?? "",
        hasHistory: (topic) => history !== null && history.ruleOf(topic) !== null,
        position: (topic) => history?.position(topic) ?? null,
        read: (topic, after, callback) => {
          const rule = history?.ruleOf(topic) ?? null;
          if (history === null || rule === null) callback(new Error("The topic has no history"), null);
          else history.read(topic, rule, after, callback);
        },
      },
    });
    publisher.addTopic = (topic, messages, compress) => sessions.plain(topic, messages, compress);
    if (history !== null) history.topicClients = sessions;
    if (presence !== null) presence.topicClients = sessions;
    this.#sessions = sessions;
    return sessions;
  }
}

/** An error is no reason to load anything again. */
function begin(
  sessions: TopicSessions,
  socket: TopicSocket,
  tag: number,
  begun: (session: TopicSession) => void,
): void {
  try {
    begun(sessions.open(socket, tag));
  } catch (error) {
    logError(error, "A topic client");
    socket.refuse("The session has failed");
  }
}

function presenceOf(presence: TopicPresence): SessionPresence {
  return {
    has: (topic) => presence.has(topic),
    members: (topic, callback) =>
      presence.read(topic, callback, (error) => {
        logError(error);
        callback([]);
      }),
  };
}
