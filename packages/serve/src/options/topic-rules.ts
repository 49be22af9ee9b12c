import type { HistoryRule } from "@mantou/pubsub/relay";
import { checkInteger } from "./check.ts";

/** What is known of a topic by its name. */
export interface ResolvedTopicRule {
  /** Null for a plain topic. */
  readonly history: HistoryRule | null;
  readonly presence: boolean;
}

/** The keys of a rule. A record, so that the compiler refuses a list that differs from the type. */
const KEYS: Readonly<Record<keyof ResolvedTopicRule, true>> = { history: true, presence: true };

/** Messages of one history: an engine may read all of it at once. */
export const MOST_MESSAGES = 10_000;
/** A week. A history is a bounded cache, and no database. */
const MOST_SECONDS = 604_800;
/** Names that were looked up. Beyond, all are forgotten: a program may publish to any number of topics. */
const MOST_NAMES = 10_000;

/** The option `topics`, checked. */
export class TopicRules {
  readonly #exact = new Map<string, ResolvedTopicRule>();
  /** The longest first. */
  readonly #prefixes: { readonly prefix: string; readonly rule: ResolvedTopicRule }[] = [];
  readonly #known = new Map<string, ResolvedTopicRule | null>();

  /** @param rules by exact name, or by the beginning of names with a `*` behind it */
  constructor(rules: Iterable<readonly [string, ResolvedTopicRule]>) {
    for (const [name, rule] of rules) {
      if (name.endsWith("*")) this.#prefixes.push({ prefix: name.slice(0, -1), rule });
      else this.#exact.set(name, rule);
    }
    this.#prefixes.sort((one, other) => other.prefix.length - one.prefix.length);
  }

  /** Whether any topic has a history. */
  get haveHistory(): boolean {
    return this.#all().some(({ history }) => history !== null);
  }

  /** Whether any topic has presence. */
  get havePresence(): boolean {
    return this.#all().some(({ presence }) => presence);
  }

  #all(): ResolvedTopicRule[] {
    return [...this.#exact.values(), ...this.#prefixes.map(({ rule }) => rule)];
  }

  /** The rule of a topic: that of its name, else that of the longest beginning. Null for a plain topic. */
  find(topic: string): ResolvedTopicRule | null {
    const known = this.#known.get(topic);
    if (known !== undefined) return known;
    const found =
      this.#exact.get(topic) ?? this.#prefixes.find(({ prefix }) => topic.startsWith(prefix))?.rule ?? null;
    if (this.#known.size >= MOST_NAMES) this.#known.clear();
    this.#known.set(topic, found);
    return found;
  }
}

/**
 * The option `topics`. Null if no topic has a rule.
 * @throws TypeError that names the topic and the key; RangeError for a number out of range
 */
export function resolveTopicRules(given: unknown): TopicRules | null {
  if (given === undefined || given === null) return null;
  if (typeof given !== "object" || Array.isArray(given))
    throw new TypeError('topics must be an object of rules by topic, such as { "room/*": {} }');
  const rules: [string, ResolvedTopicRule][] = [];
  for (const [topic, value] of Object.entries(given)) {
    if (topic === "") throw new TypeError("topics must not name the empty topic");
    const name = `topics[${JSON.stringify(topic)}]`;
    const star = topic.indexOf("*");
    if (star >= 0 && star < topic.length - 1) throw new TypeError(`${name}: a * stands at the end of a name`);
    rules.push([topic, resolveRule(value, name)]);
  }
  return rules.every(([, { history, presence }]) => history === null && !presence)
    ? null
    : new TopicRules(rules);
}

function resolveRule(given: unknown, name: string): ResolvedTopicRule {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new TypeError(`${name} must be an object of rules`);
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(KEYS, key)) throw new TypeError(`${name} has no rule ${JSON.stringify(key)}`);
  }
  const { history, presence } = given as Record<string, unknown>;
  if (presence !== true && !isNone(presence)) throw new TypeError(`${name}.presence must be true or false`);
  return { history: resolveHistory(history, `${name}.history`), presence: presence === true };
}

function isNone(value: unknown): value is undefined | null | false {
  return value === undefined || value === null || value === false;
}

function resolveHistory(given: unknown, name: string): HistoryRule | null {
  if (isNone(given)) return null;
  if (typeof given !== "object" || Array.isArray(given))
    throw new TypeError(`${name} must be an object, such as { size: 200, seconds: 300 }`);
  for (const key of Object.keys(given)) {
    if (key !== "size" && key !== "seconds") throw new TypeError(`${name} has no ${JSON.stringify(key)}`);
  }
  const { size, seconds } = given as Record<string, unknown>;
  return {
    size: checkInteger(size, `${name}.size`, 1, MOST_MESSAGES),
    seconds: checkInteger(seconds, `${name}.seconds`, 1, MOST_SECONDS),
  };
}
