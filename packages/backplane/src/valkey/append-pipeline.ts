import { Buffer } from "node:buffer";
import type { Client } from "./package.ts";
import { APPEND, type Script } from "./scripts.ts";

/** One append, as the script takes it. */
export interface AppendCall {
  readonly request: number;
  readonly channel: string;
  /** The keys and the arguments. */
  readonly args: readonly (string | Buffer)[];
}

export interface AppendPipelineEvents {
  answered(call: AppendCall, reply: unknown): void;
  failed(call: AppendCall, error: Error): void;
}

/**
 * Appends on their way to the server. It may have forgotten the script (`SCRIPT FLUSH`): what it refused so is sent again with the whole text, before all
 * that came later, since the order of a publisher must stay. Each pipeline has a variant of the script: the same one might be brought back by another
 * instance between two appends on their way, of which the first was refused.
 */
export class AppendPipeline {
  readonly #client: Client;
  readonly #events: AppendPipelineEvents;
  readonly #script: Script;
  #unanswered = 0;
  /** Refused, since the script was not known; the oldest first. */
  #refused: AppendCall[] = [];
  /** What came since then. */
  #waiting: AppendCall[] = [];

  /** @param variant of the script, a number that the pipelines of other instances hardly have */
  constructor(client: Client, events: AppendPipelineEvents, variant: number) {
    this.#client = client;
    this.#events = events;
    this.#script = APPEND.variant(variant);
  }

  push(call: AppendCall): void {
    if (this.#refused.length > 0 || this.#waiting.length > 0) this.#waiting.push(call);
    else this.#send(call, "EVALSHA", this.#script.digest);
  }

  #send(call: AppendCall, command: string, script: string): void {
    this.#unanswered++;
    this.#client.sendCommand([command, script, "2", ...call.args], WITH_BUFFERS).then(
      (reply) => this.#answered(call, reply),
      (error: Error) => this.#failed(call, error),
    );
  }

  #answered(call: AppendCall, reply: unknown): void {
    this.#unanswered--;
    const isEarlier = ({ channel }: AppendCall): boolean => channel === call.channel;
    const late = this.#refused.filter(isEarlier);
    // One with the same variant has brought the script back in between: sent now, they would be behind a later one.
    if (late.length > 0) this.#refused = this.#refused.filter((each) => !isEarlier(each));
    for (const each of late) this.#events.failed(each, new Error(`ERR ${FLUSHED}`));
    this.#events.answered(call, reply);
    this.#sendAgain();
  }

  #failed(call: AppendCall, error: Error): void {
    this.#unanswered--;
    if (error.message.startsWith("NOSCRIPT")) this.#refused.push(call);
    else this.#events.failed(call, error);
    this.#sendAgain();
  }

  #sendAgain(): void {
    if (this.#unanswered > 0) return;
    const [first, ...rest] = [...this.#refused, ...this.#waiting];
    this.#refused = [];
    this.#waiting = [];
    if (first === undefined) return;
    this.#send(first, "EVAL", this.#script.text);
    for (const call of rest) this.#send(call, "EVALSHA", this.#script.digest);
  }
}

const FLUSHED = "the scripts of the server were flushed, and a later message came first";

/** Replies have bytes, not texts. 36 is the type of a blob in RESP3, `$`. */
export const WITH_BUFFERS: object = { typeMapping: { 36: Buffer } };
