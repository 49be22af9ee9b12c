/** The clients of the soak: each is in one topic, publishes numbered messages, and comes back elsewhere when its instance dies. */
import { WebSocket } from "@mantou/websocket/client";

const PAUSE_MS = 2000;

export class Clients {
  #isOver = false;
  #open = 0;

  /**
   * @param count of clients
   * @param topics how many there are
   * @param pick gives `{ name, url }` of an instance that listens, or null
   * @param log gets a line for each event: `o` opened, `c` closed, `s` sent, `g` got
   */
  constructor({ count, topics, pick, log }) {
    for (let i = 0; i < count; i++) {
      const topic = `t${i % topics}`;
      setTimeout(() => this.#connect({ id: i, life: 0, topic, pick, log }), Math.random() * 1000);
    }
  }

  get open() {
    return this.#open;
  }

  end() {
    this.#isOver = true;
  }

  #connect(client) {
    if (this.#isOver) return;
    const { id, topic, pick, log } = client;
    const again = () => setTimeout(() => this.#connect(client), 50 + Math.random() * 500);
    const instance = pick();
    if (instance === null) return again();
    // A connection is a publisher of its own: what waited at an old instance may come behind what is sent to a new one.
    const name = `${id}.${++client.life}`;
    const socket = new WebSocket(`${instance.url.replace("http", "ws")}?topic=${topic}`);
    let n = 0;
    let timer;
    socket.onopen = () => {
      this.#open++;
      log(`o ${Date.now()} ${name} ${topic} ${instance.name}`);
      timer = setInterval(
        () => {
          if (this.#isOver || socket.readyState !== WebSocket.OPEN) return;
          log(`s ${Date.now()} ${name} ${++n}`);
          socket.send(`${name} ${n}`);
        },
        PAUSE_MS * (0.75 + Math.random() / 2),
      );
    };
    socket.onmessage = ({ data }) => log(`g ${Date.now()} ${name} ${data}`);
    socket.onclose = () => {
      if (timer !== undefined) {
        this.#open--;
        log(`c ${Date.now()} ${name}`);
      }
      clearInterval(timer);
      again();
    };
    socket.onerror = () => {};
  }
}
