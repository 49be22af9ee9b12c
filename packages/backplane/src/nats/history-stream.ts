import { createHash, randomBytes } from "node:crypto";
import type { HistoryRule } from "@mantou/pubsub/relay";
import { EPOCH_FACTOR, NATS_HISTORY_BYTES, NATS_RETRY_MS } from "../limits.ts";
import { encodeToken } from "./subject.ts";

/** What JetStream says of a stream, as far as it is used. */
export interface StreamInfo {
  readonly config: StreamConfig;
  /** `last_seq`: 0 before anything was stored. */
  readonly state: { readonly last_seq: number };
}

export interface StreamConfig {
  readonly description?: string;
  readonly max_age: number;
  readonly max_msgs_per_subject: number;
  readonly republish?: { readonly src: string; readonly dest: string };
}

const NANOSECONDS = 1_000_000;

/** The stream with the histories of all topics of a prefix, and its subjects. */
export class HistoryStream {
  readonly name: string;
  readonly #subject: string;

  constructor(prefix: string) {
    const name = prefix.replace(/[^\w-]/g, "_");
    const isPlain = name === prefix && name.length <= 64;
    const hash = createHash("sha256").update(prefix).digest("base64url").slice(0, 8);
    this.name = `${isPlain ? name : `${name.slice(0, 64)}-${hash}`}-history`;
    this.#subject = encodeToken(prefix);
  }

  /** Where frames are appended. */
  append(token: string): string {
    return `${this.#subject}.h.${token}`;
  }

  /** Where the server publishes what was appended. */
  live(token: string): string {
    return `${this.#subject}.l.${token}`;
  }

  /** Where instances tell that all epochs have ended. */
  get rotated(): string {
    return `${this.#subject}.e`;
  }

  /** A new subject for answers. */
  inbox(): string {
    return `${this.#subject}.r.${randomBytes(9).toString("base64url")}`;
  }

  api(action: string, ...more: readonly string[]): string {
    return ["$JS.API", action, this.name, ...more].join(".");
  }

  /**
   * The configuration that a rule needs.
   * @param present of the stream as it is: what it has beyond the rule stays, as does all else
   * @returns null if nothing is to be changed
   */
  configure(rule: HistoryRule, present: StreamConfig | null): object | null {
    const republish = { src: this.append(">"), dest: this.live(">") };
    // Frames are kept longer than they may be read: the last one of a topic has its position.
    const age = Math.ceil(Math.max(rule.seconds * 1000 * EPOCH_FACTOR, NATS_RETRY_MS)) * NANOSECONDS;
    if (present === null) {
      return {
        name: this.name,
        description: newDescription(),
        subjects: [this.append("*")],
        retention: "limits",
        discard: "old",
        storage: "file",
        num_replicas: 1,
        max_consumers: -1,
        max_msgs: -1,
        max_bytes: NATS_HISTORY_BYTES,
        max_age: age,
        max_msgs_per_subject: rule.size,
        max_msg_size: -1,
        duplicate_window: NATS_RETRY_MS * NANOSECONDS,
        republish,
      };
    }
    const size = present.max_msgs_per_subject;
    const isEnough =
      (present.max_age === 0 || present.max_age >= age) &&
      (size <= 0 || size >= rule.size) &&
      present.republish?.src === republish.src &&
      present.republish.dest === republish.dest &&
      EPOCH.test(present.description ?? "");
    if (isEnough) return null;
    return {
      ...present,
      ...(EPOCH.test(present.description ?? "") ? {} : { description: newDescription() }),
      max_age: present.max_age === 0 ? 0 : Math.max(present.max_age, age),
      max_msgs_per_subject: size <= 0 ? size : Math.max(size, rule.size),
      republish,
    };
  }

  /** The epoch of all topics. It stands in the description: NATS 2.9 changes the time of a stream's creation when it starts again. */
  epochOf({ config }: StreamInfo): string {
    return EPOCH.exec(config.description ?? "")?.[1] ?? "";
  }

  /** A configuration with another epoch. */
  rotate(config: StreamConfig): object {
    return { ...config, description: newDescription() };
  }
}

const EPOCH = /; epoch ([\w-]{1,32})$/;

function newDescription(): string {
  return `Histories of topics; epoch ${randomBytes(6).toString("base64url")}`;
}
