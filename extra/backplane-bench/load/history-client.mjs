import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { checkHandshake, frame } from "./frames.mjs";

/** Bytes of a message's text, which begins with a number of ten digits. */
const TEXT_BYTES = 32;
const DIGITS = 10;

/**
 * What a client of each protocol says and hears. `state` is what it keeps over its connections; `hear` gets each message, and calls `client.join()` when the client
 * is live, and `client.got(text)` for what is published.
 */
const protocols = {
  // docs/topics-protocol.md
  topics: {
    path: (topic) => `/?topic=${topic}`,
    fields: "Sec-WebSocket-Protocol: mantou.topics.1\r\n",
    say: (text) => `d\n${text}`,
    state: () => ({ mine: "", session: "", before: "" }),
    hear(client, message) {
      const { state, topic } = client;
      const [header, text] = message.split("\n", 2);
      const [verb, , place] = header.split(" ");
      if (verb === "s") {
        state.before = state.session;
        state.session = header.slice(2);
      } else if (verb === `+${topic}`) {
        const [, live] = header.split(" ");
        if (state.mine === "") state.mine = live;
        if (state.mine === live) client.join();
        else client.send(`r ${state.before}\n${topic} ${state.mine} ${live}`);
      } else if (verb === "m" || verb === "o") {
        const epoch = state.mine.slice(0, state.mine.indexOf("."));
        state.mine = `${epoch}.${place}`;
        if (verb === "m") client.got(text);
      } else if (verb === `=${topic}`) client.join();
      else throw new Error(`a client got ${JSON.stringify(message.slice(0, 100))}`);
    },
  },
  // https://socket.io/docs/v4/socket-io-protocol, and https://socket.io/docs/v4/connection-state-recovery: the last argument of an event is its offset.
  "socket.io": {
    path: (topic) => `/socket.io/?EIO=4&transport=websocket&topic=${topic}`,
    fields: "",
    say: (text) => `42["m","${text}"]`,
    state: () => ({ pid: "", offset: "" }),
    hear(client, message) {
      const { state } = client;
      if (message.startsWith("0")) {
        client.send(state.offset === "" ? "40" : `40${JSON.stringify(state)}`);
      } else if (message.startsWith("40")) {
        const { pid } = JSON.parse(message.slice(2));
        if (state.offset !== "" && pid !== state.pid) throw new Error("a client's state was not recovered");
        state.pid = pid;
        client.join();
      } else if (message.startsWith("42")) {
        const [, text, offset] = JSON.parse(message.slice(2));
        state.offset = offset;
        client.got(text);
      } else if (message === "2") client.send("3");
      else throw new Error(`a client got ${JSON.stringify(message.slice(0, 100))}`);
    },
  },
};

/** A client that leaves and comes back. It checks that the numbers of its room come one behind the other: none is missing, and none comes twice. */
export class HistoryClient {
  topic;
  state;
  received = 0;
  sent = 0;
  /** The last number that has come; null before the first one. */
  last = null;
  #protocol;
  #fail;
  #socket = null;
  #rest = null;
  #isUpgraded = false;
  #joined = () => {};
  #onMessage = null;

  constructor(protocolName, topic, fail) {
    this.#protocol = protocols[protocolName];
    this.state = this.#protocol.state();
    this.topic = topic;
    this.#fail = fail;
  }

  /** Connects, and resolves when it is live: what it has missed is there. */
  enter(port) {
    const { path, fields } = this.#protocol;
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket = socket;
    this.#rest = null;
    this.#isUpgraded = false;
    const key = randomBytes(16).toString("base64");
    socket.write(
      `GET ${path(this.topic)} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${fields}` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    socket.on("data", (bytes) => this.#read(bytes, key));
    socket.on("error", this.#fail);
    socket.on("close", () => this.#fail(new Error("the server has closed a connection")));
    return new Promise((resolve) => {
      this.#joined = resolve;
    });
  }

  /** As one whose network is gone. */
  leave() {
    this.#socket.removeAllListeners("close").destroy();
  }

  listen(onMessage) {
    this.#onMessage = onMessage;
  }

  /** Publishes its next numbers. */
  publish(messages) {
    const frames = [];
    for (let i = 0; i < messages; i++) {
      const number = String(this.sent++).padStart(DIGITS, "0");
      frames.push(frame(this.#protocol.say(number.padEnd(TEXT_BYTES, "m"))));
    }
    this.#socket.write(Buffer.concat(frames));
  }

  send(text) {
    this.#socket.write(frame(text));
  }

  join() {
    this.#joined();
  }

  got(text) {
    const number = Number(text.slice(0, DIGITS));
    if (this.last !== null && number !== this.last + 1)
      throw new Error(`a client got message ${number} behind ${this.last}`);
    this.last = number;
    this.received++;
    if (this.#onMessage !== null) this.#onMessage();
  }

  #read(bytes, key) {
    let all = this.#rest === null ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    try {
      if (!this.#isUpgraded) {
        const end = all.indexOf("\r\n\r\n");
        if (end >= 0) {
          checkHandshake(all.toString("latin1", 0, end), key);
          this.#isUpgraded = true;
          all = all.subarray(end + 4);
        }
      }
      while (this.#isUpgraded) {
        if (all.length - at < 2) break;
        let length = all[at + 1];
        let from = at + 2;
        if (length === 126) {
          if (all.length - at < 4) break;
          length = all.readUInt16BE(from);
          from += 2;
        }
        if (all.length < from + length) break;
        if (all[at] === 0x81) this.#protocol.hear(this, all.toString("latin1", from, from + length));
        at = from + length;
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#rest = at === all.length ? null : Buffer.from(all.subarray(at));
  }
}
