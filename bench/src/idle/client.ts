import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { open, type Receive } from "../load/connect.ts";
import { ExpectedReply } from "../load/expected-reply.ts";
import { Outgoing, scenarioMessage } from "../load/outgoing.ts";
import { handshakeFault, handshakeRequest } from "../load/ws-handshake.ts";
import { readMemory } from "../proc.ts";
import type { IdleContestant } from "./contestants.ts";
import type { IdleRound } from "./results.ts";

/**
 * Opens connections, sends nothing on them and reads the server's memory: a process of its own, which gets its orders
 * as JSON in its only argument and prints an {@link IdleRound}.
 */
export interface IdleOrders {
  readonly port: number;
  readonly serverPid: number;
  readonly client: IdleContestant["client"];
  readonly tls: boolean;
  readonly connections: number;
  readonly talking: number;
  readonly settleSeconds: number;
}

/** Opened first, and not counted: the server loads and compiles code for them, and gets its pools ready. */
const uncounted = 100;

/** Connections that are being opened at once: fewer than any server's backlog. */
const atOnce = 64;

const orders = JSON.parse(process.argv[2] ?? "") as IdleOrders;
const compressed = orders.client === "deflate" || orders.client === "deflate-alone";
const message = scenarioMessage(compressed ? "json" : "text", 200, compressed);
const expected = new ExpectedReply(message);
const outgoing = new Outgoing(message, 1);

class Client {
  readonly #socket: Socket;
  /** Gets the received bytes. */
  receive: Receive = () => {
    throw new Error("the server sent something before it was asked");
  };

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Sends `bytes` and collects the received bytes until `isWhole` finds the reply in them. */
  ask(bytes: string | Buffer, isWhole: (received: Buffer) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const before = this.receive;
      let received: Buffer = Buffer.alloc(0);
      this.receive = (more) => {
        received = Buffer.concat([received, more]);
        if (!isWhole(received)) return;
        this.receive = before;
        resolve();
      };
      this.#socket.write(bytes);
    });
  }

  async shakeHands(offer: Exclude<IdleOrders["client"], "tcp">): Promise<void> {
    const key = randomBytes(16).toString("base64");
    await this.ask(handshakeRequest(key, offer), (received) => {
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return false;
      const fault = handshakeFault(received.toString("latin1", 0, end), key, offer);
      if (fault !== undefined) throw new Error(fault);
      return true;
    });
  }

  talk(): Promise<void> {
    return this.ask(outgoing.frames(1), (received) => expected.check(received));
  }
}

async function openOne(): Promise<Client> {
  const client = await new Promise<Client>((resolve) => {
    const connected = (socket: Socket): Receive => {
      const opened = new Client(socket);
      resolve(opened);
      return (bytes) => opened.receive(bytes);
    };
    open(orders.port, connected, { tls: orders.tls });
  });
  if (orders.client !== "tcp") await client.shakeHands(orders.client);
  return client;
}

async function openMany(count: number): Promise<Client[]> {
  const clients: Client[] = [];
  let begun = 0;
  const openInTurn = async (): Promise<void> => {
    while (begun++ < count) clients.push(await openOne());
  };
  await Promise.all(Array.from({ length: atOnce }, openInTurn));
  return clients;
}

async function talkMany(clients: readonly Client[]): Promise<void> {
  for (const client of clients) await client.talk();
}

async function weigh(): Promise<number> {
  await wait(orders.settleSeconds * 1000);
  return readMemory(orders.serverPid);
}

const first = await openMany(uncounted);
if (orders.client !== "tcp") await talkMany(first);
const before = await weigh();
const clients = await openMany(orders.connections);
const opened = await weigh();
let talked: number | null = null;
if (orders.client !== "tcp" && orders.talking > 0) {
  await talkMany(clients.slice(0, orders.talking));
  talked = await weigh();
}
const round: IdleRound = { before, open: opened, talked };
if (!process.stdout.write(`${JSON.stringify(round)}\n`)) await once(process.stdout, "drain");
process.exit(0);
