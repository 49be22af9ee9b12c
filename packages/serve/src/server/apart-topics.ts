import type { Publisher } from "../websocket/publisher.ts";
import type { MemberTopics, NumberedTopics, TopicWatcher } from "../websocket/remote-topics.ts";

const ADVICE =
  "A topic ends at its worker: what one worker publishes does not reach the clients of the others. To connect the workers: " +
  'npm install @mantou/backplane. If they are to stay apart, set MANTOU_BACKPLANE to "off".';

/** This process has been told. */
let isTold = false;

const NO_WATCHER: TopicWatcher = { topicAdded() {}, topicRemoved() {} };

/**
 * Connects the topics of a server whose workers nothing connects: at the first topic that is subscribed or published to, a line says so, once in this process.
 * From then on publishing costs what it does in a single process.
 * @param history null if all topics are plain
 * @param members null if no topic has presence
 * @param watcher null if nothing has to know the topics
 */
export function connectApart(
  publisher: Publisher,
  history: NumberedTopics | null,
  members: MemberTopics | null,
  watcher: TopicWatcher | null,
): void {
  const tell = (): void => {
    publisher.connect(null, history, members, watcher ?? NO_WATCHER);
    if (isTold) return;
    isTold = true;
    console.warn(ADVICE);
  };
  publisher.connect({ publish: tell }, history === null ? null : telling(history, tell), members, {
    topicAdded: (topic) => {
      tell();
      watcher?.topicAdded(topic);
    },
    topicRemoved: (topic) => watcher?.topicRemoved(topic),
  });
}

function telling(history: NumberedTopics, tell: () => void): NumberedTopics {
  return {
    ruleOf: (topic) => history.ruleOf(topic),
    publish: (...message) => {
      tell();
      history.publish(...message);
    },
  };
}
