/** @import { ClientMessage, ServerMessage } from "./protocol.js" */

/** @typedef {"connecting" | "open" | "waiting"} ConnectionState */

/** Waits between attempts, in milliseconds: 0.5 s, 1 s, 2 s, 4 s, 8 s, then 15 s. */
const firstWait = 500;
const longestWait = 15_000;

/** How long an attempt may take, in milliseconds, before it counts as failed. */
const patience = 10_000;

/**
 * A WebSocket that reconnects. After a loss it tries again, each time after twice the wait.
 *
 * Each wait is shortened at random by up to half (jitter): when a server restarts, all its visitors lose their
 * connection in the same moment, and should not all come back in the same moment.
 */
export class Connection {
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {number | undefined} */
  #timer;
  #failures = 0;
  /** @type {() => string} */
  #address;
  /** @type {(message: ServerMessage) => void} */
  #onMessage;
  /** @type {(state: ConnectionState) => void} */
  #onState;

  /**
   * @param {object} options
   * @param {() => string} options.address the address; called before each attempt
   * @param {(message: ServerMessage) => void} options.onMessage
   * @param {(state: ConnectionState) => void} options.onState
   */
  constructor({ address, onMessage, onState }) {
    this.#address = address;
    this.#onMessage = onMessage;
    this.#onState = onState;
  }

  /** Connects now, unless it is connected or about to be. */
  open() {
    if (this.#socket !== undefined) return;
    clearTimeout(this.#timer);
    this.#onState("connecting");

    const socket = new WebSocket(this.#address());
    this.#socket = socket;
    this.#timer = setTimeout(() => socket.close(), patience);

    socket.addEventListener("open", () => {
      clearTimeout(this.#timer);
      this.#onState("open");
    });
    socket.addEventListener("message", (event) => {
      // Only a message counts as success: a server that accepts and hangs up must not be hammered.
      this.#failures = 0;
      this.#onMessage(JSON.parse(event.data));
    });
    // Fires after every end, including an attempt that failed; "error" adds nothing to it.
    socket.addEventListener("close", () => {
      clearTimeout(this.#timer);
      this.#socket = undefined;
      const wait = Math.min(firstWait * 2 ** this.#failures++, longestWait);
      this.#timer = setTimeout(() => this.open(), wait * (1 - Math.random() / 2));
      this.#onState("waiting");
    });
  }

  /**
   * Sends a message if there is a connection. The message may still be lost with the connection: only the server's reply is a proof.
   *
   * @param {ClientMessage} message
   */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
