import type { ServerError } from "./package.ts";

/** What a server has refused, and goes on: the connection stays. Its errors name no request, and come before the answer to the ping behind that. */
export class Refusals {
  /** Subscriptions beyond the server's limit, since the last ping. */
  #beyondLimit = 0;
  #limit: Error | null = null;
  /** Channels that the user may not have, since the last ping. */
  #channels = new Set<string>();
  /** By subject, messages that the user may not publish. An error may be of a message behind the last ping: they are kept for two. */
  #subjects = new Map<string, Error>();
  #olderSubjects = new Map<string, Error>();

  /** @returns whether the connection goes on after an error */
  take(error: ServerError): boolean {
    const { operation, subject, message } = error;
    // The callback of its subscription has got it.
    if (operation === "subscription") return true;
    if (operation === "publish" && subject !== undefined) {
      this.#subjects.set(subject, error);
      return true;
    }
    if (!/maximum subscriptions exceeded/i.test(message)) return false;
    this.#beyondLimit++;
    this.#limit = error;
    return true;
  }

  addChannel(channel: string): void {
    this.#channels.add(channel);
  }

  /**
   * The server takes subscriptions in their order, so the last ones are those beyond its limit.
   * @param added the channels that it was asked for before the ping, and for no other behind it
   */
  takeLimit(
    added: readonly string[],
  ): { readonly channels: readonly string[]; readonly error: Error } | null {
    const error = this.#limit;
    if (error === null) return null;
    const channels = added.filter((channel) => !this.#channels.has(channel)).slice(-this.#beyondLimit);
    this.#beyondLimit = 0;
    this.#limit = null;
    return { channels, error };
  }

  /** Why messages of a subject are refused; null if they are not. */
  find(subject: string): Error | null {
    return this.#subjects.get(subject) ?? this.#olderSubjects.get(subject) ?? null;
  }

  /** Messages in the order of their publishing, in runs that were accepted, or refused for one reason. */
  *runsOf(subjects: readonly string[]): Generator<{ readonly count: number; readonly error: Error | null }> {
    if (this.#subjects.size === 0 && this.#olderSubjects.size === 0) {
      if (subjects.length > 0) yield { count: subjects.length, error: null };
      return;
    }
    let count = 0;
    let error: Error | null = null;
    for (const subject of subjects) {
      const next = this.find(subject);
      if (next !== error && count > 0) {
        yield { count, error };
        count = 0;
      }
      error = next;
      count++;
    }
    if (count > 0) yield { count, error };
  }

  nextPing(): void {
    if (this.#channels.size > 0) this.#channels = new Set();
    if (this.#subjects.size === 0 && this.#olderSubjects.size === 0) return;
    this.#olderSubjects = this.#subjects;
    this.#subjects = new Map();
  }
}
