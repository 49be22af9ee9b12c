import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { checkHandshake, frame, MASK } from "./frames.mjs";

/** Bytes of a message's text: those of the chats of `pnpm bench`. */
const TEXT_BYTES = 32;

/** Two bytes, and the mask. */
const FRAME_HEAD_BYTES = 6;

/** What a client of each protocol says and hears around a text. */
const protocols = {
  plain: {
    path: (topic) => `/?topic=${topic}`,
    before: "",
    after: "",
    hello: null,
    isJoined: () => true,
  },
  // https://socket.io/docs/v4/socket-io-protocol: "40" joins the namespace, "42" is an event, within a message ("4") of Engine.IO.
  "socket.io": {
    path: (topic) => `/socket.io/?EIO=4&transport=websocket&topic=${topic}`,
    before: '42["m","',
    after: '"]',
    hello: "40",
    isJoined: (text) => text.startsWith("40"),
  },
  // It is told its worker first.
  worker: { path: () => "/", before: "", after: "", hello: null, isJoined: (text) => /^\d$/.test(text) },
};

/**
 * A WebSocket client that costs the load little: it writes frames made beforehand, and reads no more of a message than its length.
 * What it hears before it is joined is its protocol's; then each message must have the length of ours.
 */
export class Client {
  received = 0;
  sent = 0;
  /** What it was told when it joined. */
  greeting = "";
  #socket;
  #protocol;
  #frames = [];
  #length;
  /** Bytes of a frame that has not come whole. */
  #rest = null;
  #onMessages = null;
  #onText = null;
  #isJoined = false;
  #joined;
  #fail;

  constructor(protocolName, port, topic, fail) {
    this.#protocol = protocols[protocolName];
    this.#fail = fail;
    const { before, after, path } = this.#protocol;
    this.#length = before.length + TEXT_BYTES + after.length;
    this.#socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("error", (error) => fail(error));
    const key = randomBytes(16).toString("base64");
    this.#socket.write(
      `GET ${path(topic)} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    this.joined = new Promise((resolve, reject) => {
      this.#joined = resolve;
      this.#socket.once("close", () => {
        const error = new Error("the server has closed a connection");
        reject(error);
        fail(error);
      });
    });
    this.joined.catch(() => {});
    this.#readHandshake(key);
  }

  /** @param onMessages gets the number of messages that have come in one piece */
  listen(onMessages) {
    this.#onMessages = onMessages;
  }

  /** Calls with the bytes of each message, and where its text begins in them. */
  listenToTexts(onText) {
    this.#onText = onText;
  }

  send(messages) {
    this.sent += messages;
    this.#socket.write(this.#framesOf(messages));
  }

  /** Sends messages whose texts begin with a number of ten digits, this one and those that follow it. */
  sendNumbers(first, messages) {
    this.sent += messages;
    const bytes = Buffer.from(this.#framesOf(messages));
    const length = FRAME_HEAD_BYTES + this.#length;
    for (let message = 0; message < messages; message++) {
      const text = this.#protocol.before.length;
      const from = message * length + FRAME_HEAD_BYTES;
      for (let i = text + 9, rest = first + message; i >= text; i--) {
        bytes[from + i] = (48 + (rest % 10)) ^ MASK[i & 3];
        rest = Math.floor(rest / 10);
      }
    }
    this.#socket.write(bytes);
  }

  close() {
    this.#socket.removeAllListeners("close").destroy();
  }

  #framesOf(messages) {
    const { before, after } = this.#protocol;
    this.#frames[messages] ??= Buffer.concat(
      Array.from({ length: messages }, () => frame(before + "m".repeat(TEXT_BYTES) + after)),
    );
    return this.#frames[messages];
  }

  #readHandshake(key) {
    let head = Buffer.alloc(0);
    const read = (bytes) => {
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#socket.off("data", read);
      try {
        checkHandshake(head.toString("latin1", 0, end), key);
      } catch (error) {
        this.#fail(error);
        return;
      }
      this.#socket.on("data", (more) => this.#read(more));
      const { hello, isJoined } = this.#protocol;
      if (hello !== null) this.#socket.write(frame(hello));
      else if (isJoined("")) this.#join("");
      this.#read(head.subarray(end + 4));
    };
    this.#socket.on("data", read);
  }

  #join(greeting) {
    this.greeting = greeting;
    this.#isJoined = true;
    this.#joined(this);
  }

  #read(bytes) {
    const all = this.#rest === null ? bytes : Buffer.concat([this.#rest, bytes]);
    let messages = 0;
    let at = 0;
    for (;;) {
      if (all.length - at < 2) break;
      let length = all[at + 1];
      let from = at + 2;
      if (length === 126) {
        if (all.length - at < 4) break;
        length = all.readUInt16BE(from);
        from += 2;
      }
      if (all.length < from + length) break;
      if (length === this.#length && all[at] === 0x81) {
        messages++;
        if (this.#onText !== null) this.#onText(all, from + this.#protocol.before.length);
      } else {
        this.#hear(all.toString("latin1", from, from + length));
      }
      at = from + length;
    }
    this.#rest = at === all.length ? null : Buffer.from(all.subarray(at));
    if (messages === 0) return;
    this.received += messages;
    if (this.#onMessages !== null) this.#onMessages(messages);
  }

  #hear(text) {
    if (this.#isJoined) this.#fail(new Error(`a client got ${JSON.stringify(text.slice(0, 100))}`));
    else if (this.#protocol.isJoined(text)) this.#join(text);
  }
}
