import { randomBytes } from "node:crypto";
import type { Server } from "../api/server.ts";
import type { ResolvedOptions } from "../options/serve-options.ts";
import { inheritedSockets } from "../socket/inherited.ts";
import { BackplaneClient } from "../topics/backplane-client.ts";
import { EventListeners } from "../topics/event-listeners.ts";
import { LastMessages, type LastReceiver } from "../topics/last-messages.ts";
import { OwnRelay } from "../topics/own-relay.ts";
import type { ReceivedMessages } from "../topics/received-messages.ts";
import { RelayDriver } from "../topics/relay-driver.ts";
import { TopicHistory } from "../topics/topic-history.ts";
import { TopicPresence } from "../topics/topic-presence.ts";
import { MantouTopics } from "../topics/topics.ts";
import { traced, tracePublish } from "../trace/channels.ts";
import { JoinedMessages } from "../websocket/joined-messages.ts";
import { checkTopic } from "../websocket/message.ts";
import { Publisher } from "../websocket/publisher.ts";
import type { TopicWatcher } from "../websocket/remote-topics.ts";
import type { TopicClients } from "../websocket/topic-session.ts";
import { connectApart } from "./apart-topics.ts";
import { LazyTopicClients } from "./topic-clients.ts";

/** What the topics of a server go through beyond its broker. */
export interface TopicsConnection {
  /**
   * The server listens: it connects in the background.
   * @returns to be called when the server stops listening
   */
  open(): () => void;
  /** Sends what was published. Never rejects. */
  close(): Promise<void>;
}

/** The topics of a server, and what they are connected by to those of other instances. */
export interface ConnectedTopics {
  readonly publisher: Publisher;
  readonly topics: MantouTopics;
  /** Null if no topic has a rule. */
  readonly topicClients: TopicClients | null;
  /** Not opened yet. Null for none. */
  readonly connection: TopicsConnection | null;
}

/** The numbers of the servers of this process that listen and have a backplane. A server that starts in the place of one that has stopped gets its number, and so its topics. */
const numbers = new Set<number>();

function freeNumber(): number {
  let number = 1;
  while (numbers.has(number)) number++;
  return number;
}

/**
 * @param server what users hold, once it is made
 * @throws TypeError or RangeError that names an option of `backplane`; TypeError for topics with a history on a backplane that keeps none
 */
export function connectTopics(
  { backplane, isBackplaneOpen, id, topics: rules }: ResolvedOptions,
  server: () => Server<unknown>,
): ConnectedTopics {
  const isApart = isBackplaneOpen && inheritedSockets().isApart;
  const publisher = new Publisher(backplane !== null || rules !== null || isApart);
  const { broker, flushScheduler } = publisher;
  const events = new EventListeners();
  const instance = randomBytes(8);
  const driver = new RelayDriver(flushScheduler);
  const subscriberCount = (topic: string): number => broker.subscriberCount(topic);
  const receive: Publisher["receive"] = (topic, messages, tag) => publisher.receive(topic, messages, tag);
  const receivePlain = (topic: string, messages: ReceivedMessages): void =>
    publisher.receive(topic, publisher.addTopic?.(topic, messages, messages.compress) ?? messages);
  let history: TopicHistory | null = null;
  if (rules?.haveHistory === true) {
    history = new TopicHistory(instance.toString("latin1"), rules, receive, events);
  }
  const presence = rules?.havePresence === true ? new TopicPresence(rules, events) : null;
  let client: BackplaneClient | null = null;
  let connection: TopicsConnection | null = null;
  if (backplane !== null) {
    // The n-th server of a program has the topics of the n-th server of its other instances.
    const number = freeNumber();
    const scope = id !== "" ? id : number === 1 ? undefined : `#${number}`;
    client = new BackplaneClient(
      backplane,
      scope,
      { instance, driver, receive: receivePlain, subscriberCount },
      events,
      history,
      presence,
    );
    connection = numbered(client);
  } else if (rules !== null)
    connection = ownConnection(
      new OwnRelay({ instance, driver, subscriberCount }, events, history, presence),
    );
  const watcher = watcherOf(history, presence, client);
  if (isApart) connectApart(publisher, history, presence, watcher);
  else if (watcher !== null) publisher.connect(client, history, presence, watcher);
  if (history !== null) connectLast(publisher, history);
  const topics = new MantouTopics(
    events,
    {
      subscriberCount: (topic) => {
        checkTopic(topic);
        return broker.subscriberCount(topic);
      },
      publish: (topic, rule, data, compress, published, id) => {
        const publish = (): number =>
          publisher.publishNumbered(topic, rule, data, compress, undefined, published, id);
        if (traced.publications) tracePublish({ server: server(), topic, data, socket: null }, publish);
        else publish();
      },
    },
    client,
    history,
    presence,
  );
  const topicClients = rules === null ? null : new LazyTopicClients(publisher, history, presence);
  return { publisher, connection, topics, topicClients };
}

function connectLast(publisher: Publisher, history: TopicHistory): void {
  publisher.lastMessages = (sender) => {
    const receiver: LastReceiver = {
      get tag() {
        return sender.tag;
      },
      flushPublished: () => sender.flushPublished(),
      deliver: (messages) => sender.deliver(new JoinedMessages(messages)),
      end: () => {
        sender.filter = null;
      },
    };
    return new LastMessages(receiver, history);
  };
}

/** The messages of topics with history are the history's, all others the backplane's. */
function watcherOf(
  history: TopicHistory | null,
  presence: TopicPresence | null,
  client: BackplaneClient | null,
): TopicWatcher | null {
  if (history === null && presence === null) return client;
  return {
    topicAdded: (topic) => {
      const rule = history?.ruleOf(topic) ?? null;
      if (rule === null) client?.topicAdded(topic);
      else history?.topicAdded(topic, rule);
      presence?.topicAdded(topic);
    },
    topicRemoved: (topic) => {
      if ((history?.ruleOf(topic) ?? null) === null) client?.topicRemoved(topic);
      else history?.topicRemoved(topic);
      presence?.topicRemoved(topic);
    },
  };
}

function numbered(client: BackplaneClient): TopicsConnection {
  return {
    open: () => {
      const number = freeNumber();
      numbers.add(number);
      client.open();
      return () => numbers.delete(number);
    },
    close: () => client.close(),
  };
}

function ownConnection(relay: OwnRelay): TopicsConnection {
  return {
    open: () => {
      relay.open();
      return () => {};
    },
    close: () => relay.close(),
  };
}
