import { TopicSocket } from "@mantou/topics";
import { WebSocket } from "ws";
import { limits, type Person, type ServerMessage } from "../src/protocol.ts";

/** What a client gets: messages, and who is here. */
export type Arrived =
  | ServerMessage
  | { type: "here"; people: Person[] }
  | { type: "joined"; person: Person }
  | { type: "left"; person: Person };

/** A client in place of a page. It queues messages until a test takes them. */
export class Client {
  readonly topics: TopicSocket;
  /** Of the present connection. */
  socket!: WebSocket;
  readonly #arrived: Arrived[] = [];
  #here: readonly Person[] = [];
  #wake: () => void = () => {};

  constructor(address: URL, query: Record<string, string>, headers: Record<string, string> = {}) {
    const url = new URL("/ws", address.href.replace("http", "ws"));
    url.search = String(new URLSearchParams(query));
    const made = (socket: WebSocket): void => {
      this.socket = socket;
    };
    class WithHeaders extends WebSocket {
      constructor(address: string, protocol: string) {
        super(address, protocol, { headers });
        made(this);
      }
    }
    this.topics = new TopicSocket(url, { WebSocket: WithHeaders, last: limits.history });
    const arrived = (...all: Arrived[]): void => {
      this.#arrived.push(...all);
      this.#wake();
    };
    const personOf = ({ presence }: { readonly presence: unknown }): Person => presence as Person;
    this.topics.on("message", ({ data }) => arrived(JSON.parse(String(data)) as ServerMessage));
    this.topics.on("direct", ({ data }) => arrived(JSON.parse(String(data)) as ServerMessage));
    this.topics.on("presence", ({ members, join = [], leave = [] }) => {
      if (members !== undefined) this.#here = members.map(personOf);
      const gone = new Set(leave.map((member) => personOf(member).id));
      this.#here = [...this.#here.filter(({ id }) => !gone.has(id)), ...join.map(personOf)];
      if (members !== undefined) arrived({ type: "here", people: members.map(personOf) });
      arrived(...leave.map((member): Arrived => ({ type: "left", person: personOf(member) })));
      arrived(...join.map((member): Arrived => ({ type: "joined", person: personOf(member) })));
    });
  }

  /** The next of this type that fits. Others stay where they are: members and messages are in no common order. */
  async next<Type extends Arrived["type"]>(
    type: Type,
    fits: (arrived: Extract<Arrived, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<Arrived, { type: Type }>> {
    for (;;) {
      const index = this.#arrived.findIndex(
        (arrived) => arrived.type === type && fits(arrived as Extract<Arrived, { type: Type }>),
      );
      if (index >= 0) return this.#arrived.splice(index, 1)[0] as Extract<Arrived, { type: Type }>;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Who is here, by name. */
  get names(): string[] {
    return [...new Set(this.#here.map(({ name }) => name))].sort();
  }

  send(message: unknown): void {
    const isRaw = typeof message === "string" || message instanceof Uint8Array;
    this.topics.send(isRaw ? message : JSON.stringify(message));
  }

  /** Ends the connection for good. */
  end(): void {
    this.topics.close();
    this.socket.terminate();
  }

  /** Ends the connection and waits until both sides know. */
  async leave(): Promise<number> {
    const code = new Promise<number>((resolve) => this.socket.once("close", resolve));
    this.topics.close();
    return await code;
  }

  /** The status that refuses the handshake; undefined if the server accepts it. */
  async refusal(): Promise<number | undefined> {
    return await new Promise((resolve) => {
      this.socket.on("error", () => {});
      this.socket.on("open", () => resolve(undefined));
      this.socket.on("unexpected-response", (_request, response) => {
        response.resume();
        this.topics.close();
        resolve(response.statusCode);
      });
    });
  }
}
