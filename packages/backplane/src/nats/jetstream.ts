import { Buffer } from "node:buffer";
import type { MessageHeaders, NatsMessage } from "./package.ts";
import type { Requests } from "./requests.ts";

/** What JetStream has refused. */
export class JetStreamError extends Error {
  /** As in HTTP; 503 where nothing answers. */
  readonly status: number;
  /** JetStream's own number of the reason. */
  readonly reason: number;

  constructor(status: number, reason: number, text: string) {
    super(text);
    this.status = status;
    this.reason = reason;
  }

  /** It may be asked again on another connection: nothing answers, there is no leader just now, or the stream was deleted. */
  get mayHeal(): boolean {
    return this.status === 503 || this.reason === NO_STREAM;
  }

  /** The server has no JetStream, or not for this account. */
  get isOff(): boolean {
    return (this.status === 503 && this.reason === 0) || this.reason === 10_039 || this.reason === 10_076;
  }
}

/** JetStream's own numbers: the stream is not there, and it is not the one that a message is for. */
export const NO_STREAM = 10_059;
export const OTHER_STREAM = 10_060;

/**
 * A request to JetStream.
 * @throws JetStreamError if it is refused, Error if the user may not ask (rejects). It stays pending if the connection ends.
 */
export function ask(
  requests: Requests,
  subject: string,
  body: object | null,
  headers?: MessageHeaders,
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const payload = body === null ? "" : JSON.stringify(body);
    const answered = (answer: NatsMessage | null, error: Error | null): void => {
      try {
        if (answer === null) throw error;
        resolve(readAnswer(answer));
      } catch (reason) {
        reject(reason as Error);
      }
    };
    requests.send(subject, payload, answered, headers);
  });
}

/**
 * An answer of JetStream.
 * @throws JetStreamError
 */
export function readAnswer({ data, headers }: NatsMessage): Record<string, unknown> {
  if (headers?.code === 503) throw new JetStreamError(503, 0, "nothing answers for JetStream");
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.from(data).toString());
  } catch {
    // Not what JetStream sends.
  }
  if (typeof answer !== "object" || answer === null)
    throw new JetStreamError(500, 0, "an answer that is none");
  const { error } = answer as { error?: { code?: number; err_code?: number; description?: string } };
  if (error !== undefined && error !== null) {
    throw new JetStreamError(Number(error.code), Number(error.err_code), String(error.description));
  }
  return answer as Record<string, unknown>;
}
