type Data = string | ArrayBuffer;

/** One end of a connection in memory, with the W3C's interface. What is sent waits in two queues until the test moves it. */
export class FakeSocket {
  readonly url: string;
  readonly offered: string;
  binaryType = "blob";
  protocol = "";
  onopen: () => void = () => {};
  onmessage: (event: { data: Data }) => void = () => {};
  onclose: (event: { code: number; reason: string }) => void = () => {};
  onerror: () => void = () => {};
  /** From the client. */
  readonly up: (string | Uint8Array)[] = [];
  /** To the client. */
  readonly down: Data[] = [];
  state: "connecting" | "open" | "closing" | "closed" = "connecting";
  /** What the client has closed it with. */
  closing: { code: number; reason: string } | null = null;

  constructor(url: string, protocol: string) {
    this.url = url;
    this.offered = protocol;
  }

  send(data: string | Uint8Array): void {
    if (this.state === "connecting") throw new DOMException("not open", "InvalidStateError");
    if (this.state === "open") this.up.push(data);
  }

  close(code = 1005, reason = ""): void {
    if (this.state === "closing" || this.state === "closed") return;
    this.closing = this.state === "connecting" ? { code: 1006, reason: "" } : { code, reason };
    this.state = "closing";
  }

  /** The server accepts. */
  accept(protocol: string = this.offered): void {
    this.protocol = protocol;
    this.state = "open";
    this.onopen();
  }

  /** The client gets the next message. */
  step(): void {
    const data = this.down.shift();
    if (data !== undefined && this.state === "open") this.onmessage({ data });
  }

  /** The client gets all that was sent, and these messages. */
  receive(...messages: readonly Data[]): void {
    this.down.push(...messages);
    while (this.down.length > 0) this.step();
  }

  /** The connection ends, with all that is on its way. */
  end(code = 1006, reason = ""): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.onerror();
    this.onclose(this.closing ?? { code, reason });
  }
}

/** A network of one test: its class is the option `WebSocket`. */
export class Network {
  readonly sockets: FakeSocket[] = [];
  readonly WebSocket: new (
    url: string,
    protocol: string,
  ) => FakeSocket;

  constructor() {
    const { sockets } = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url: string, protocol: string) {
        super(url, protocol);
        sockets.push(this);
      }
    };
  }

  get last(): FakeSocket {
    return this.sockets.at(-1)!;
  }
}
