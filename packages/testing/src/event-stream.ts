/** An event of a stream (WHATWG HTML, "Server-sent events"): its fields by name. */
export type ServerSentEvent = Readonly<Record<string, string>>;

/** A client of server-sent events that reads one at a time. */
export class EventStream {
  readonly #abort: AbortController;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  private constructor(reader: ReadableStreamDefaultReader<Uint8Array>, abort: AbortController) {
    this.#reader = reader;
    this.#abort = abort;
  }

  /** @param lastEventId what an `EventSource` says that connects again */
  static async open(url: string, lastEventId?: string): Promise<EventStream> {
    const abort = new AbortController();
    const headers: Record<string, string> = lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId };
    const { body } = await fetch(url, { headers, signal: abort.signal });
    if (body === null) throw new Error("the response has no body");
    return new EventStream(body.getReader(), abort);
  }

  /** @throws Error at the end of the stream */
  async next(): Promise<ServerSentEvent> {
    while (!this.#text.includes("\n\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("the stream has ended");
      this.#text += this.#decoder.decode(value, { stream: true });
    }
    const end = this.#text.indexOf("\n\n");
    const lines = this.#text.slice(0, end).split("\n");
    this.#text = this.#text.slice(end + 2);
    return Object.fromEntries(lines.map(fieldOf));
  }

  close(): void {
    this.#abort.abort();
  }
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(": ");
  return colon === -1 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 2)];
}
