import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers";
import type { ConnectionEvents } from "../connection.ts";
import { NATS_STRIDE } from "../limits.ts";
import { explain, explainJetStream } from "./errors.ts";
import type { HistoryStream } from "./history-stream.ts";
import { JetStreamError, readAnswer } from "./jetstream.ts";
import type { NatsMessage, NatsPackage } from "./package.ts";
import type { Requests } from "./requests.ts";
import { tokenOf } from "./subject.ts";

export interface HistoryAppendsOptions {
  readonly package: NatsPackage;
  readonly stream: HistoryStream;
  /** Of the program. */
  readonly prefix: string;
  /** For texts. */
  readonly where: string;
  readonly events: ConnectionEvents;
  /** An append is given up. */
  failed(request: number, error: Error): void;
  /** The connection is of no use any more. */
  lose(error: Error): void;
}

/** The messages of one turn for a topic. */
export interface StreamAppend {
  readonly request: number;
  readonly channel: string;
  readonly frame: Uint8Array;
  /** Of its messages. */
  readonly count: number;
}

/** Appends to the stream, and what it answers. */
export class HistoryAppends {
  readonly #options: HistoryAppendsOptions;
  readonly #unanswered = new Set<number>();
  #settled: (() => void) | null = null;
  #isOver = false;

  constructor(options: HistoryAppendsOptions) {
    this.#options = options;
  }

  /** An append was asked for. It is sent when the stream is there. */
  begin(request: number): void {
    this.#unanswered.add(request);
  }

  /** @param epoch the stream's, which is asked for when the answer comes */
  send(requests: Requests, { request, channel, frame, count }: StreamAppend, epoch: () => string): void {
    const { package: nats, stream, prefix, where, failed, lose } = this.#options;
    if (count > NATS_STRIDE) {
      const error = new Error(
        `a turn of ${count} messages is too much for a topic over NATS: ${NATS_STRIDE} are the most`,
      );
      setImmediate(() => failed(request, error));
      return;
    }
    const token = tokenOf(prefix, channel);
    const headers = nats.headers();
    // A frame that comes a second time is found by it, whether this is known to be a retry or not.
    headers.set("Nats-Msg-Id", `${shortened(token)}:${Buffer.from(frame.subarray(2, 18)).toString("hex")}`);
    const answered = (answer: NatsMessage | null, error: Error | null): void => {
      if (this.#isOver) return;
      if (answer === null) failed(request, explain(error!, where));
      else this.#appended(request, answer, epoch());
    };
    try {
      requests.send(stream.append(token), frame, answered, headers);
    } catch (error) {
      setImmediate(() => lose(error as Error));
    }
  }

  #appended(request: number, answer: NatsMessage, epoch: string): void {
    const { events, where, failed, lose } = this.#options;
    try {
      const { seq, duplicate } = readAnswer(answer);
      const offset = Number(seq) * NATS_STRIDE;
      if (!Number.isSafeInteger(offset)) throw new JetStreamError(500, 0, `the number ${seq} is too large`);
      this.answered(request);
      events.history.appended(request, { epoch, offset }, duplicate === true);
    } catch (error) {
      // The stream was deleted: with a new connection it is made again.
      if ((error as JetStreamError).mayHeal) lose(new Error("the stream of histories has gone"));
      else failed(request, explainJetStream(error as Error, where));
    }
  }

  /** It has its answer, or is given up. */
  answered(request: number): void {
    if (this.#unanswered.delete(request) && this.#unanswered.size === 0) this.#settled?.();
  }

  /** Resolves when all appends are answered. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#unanswered.size === 0) resolve();
      this.#settled = resolve;
    });
  }

  /** The connection is over. */
  end(): void {
    this.#isOver = true;
    this.#settled?.();
  }
}

function shortened(token: string): string {
  return token.length <= 64 ? token : createHash("sha256").update(token).digest("base64url");
}
