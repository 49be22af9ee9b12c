import { threadCpu } from "../child/thread-clock.ts";
import { contentOf } from "./content.ts";
import {
  type Burst,
  type Entry,
  MAX_BYTES,
  MAX_MESSAGES,
  type Op,
  type Program,
  type Run,
  SELF,
  type When,
} from "./program.ts";

/** The members of a socket that the interpreter uses, on Mantou and on Bun. */
export interface Socket {
  data: { readonly client: number };
  send(data: string | Uint8Array, compress?: boolean): number;
  publish(topic: string, data: string | Uint8Array, compress?: boolean): number;
  subscribe(topic: string): unknown;
  unsubscribe(topic: string): unknown;
  isSubscribed(topic: string): boolean;
  ping(data?: string): number;
  pause?(): void;
  resume?(): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  cork(callback: () => unknown): unknown;
  getBufferedAmount(): number;
  readonly readyState: number;
}

export interface Publisher {
  publish(topic: string, data: string | Uint8Array, compress?: boolean): number;
}

/** The number of drains that run their block. */
const MAX_DRAINS = 4;
const MAX_CALLS = 400;
/** The most pings: a ping with a pong that sends the next would go on without end. */
const MAX_PINGS = 6;

/** Runs the server's half of a program, and logs its calls, results and handlers. */
export class Interpreter {
  readonly log: Entry[] = [];
  readonly sockets: Socket[] = [];
  /** Blocks that are still to be run. */
  outstanding = 0;
  /** Pings without their pongs; a client that does not read sends none. */
  pongsDue = 0;
  /** Milliseconds of CPU time of the program's own work, within its handlers. */
  ownTime = 0;
  /** The longest call, in ms of CPU time: that is the server's part. */
  longestCall = 0;
  #depth = 0;
  readonly #program: Program;
  readonly #server: Publisher;
  #messages = 0;
  #bytes = 0;
  #drains = 0;
  #calls = 0;
  #pings = 0;

  constructor(program: Program, server: Publisher) {
    this.#program = program;
    this.#server = server;
  }

  // The handlers.

  readonly handlers = {
    open: (ws: Socket): void => {
      this.sockets[ws.data.client] = ws;
      this.log.push({ event: "open", ws: ws.data.client });
      this.run(this.#program.open, ws);
    },
    message: (ws: Socket, message: string | Uint8Array): void => {
      const block = Number(message);
      this.log.push({ event: "message", ws: ws.data.client, block });
      this.run(this.#program.blocks[block] ?? [], ws);
    },
    drain: (ws: Socket): void => {
      this.log.push({ event: "drain", ws: ws.data.client, buffered: ws.getBufferedAmount() });
      if (++this.#drains <= MAX_DRAINS) this.run(this.#program.drain, ws);
    },
    close: (ws: Socket, code: number): void => {
      this.log.push({ event: "close", ws: ws.data.client, code });
      this.run(this.#program.close, ws);
    },
    ping: (ws: Socket, data: Uint8Array): void => this.#control("ping", ws, data),
    pong: (ws: Socket, data: Uint8Array): void => this.#control("pong", ws, data),
  };

  #control(event: "ping" | "pong", ws: Socket, data: Uint8Array): void {
    this.log.push({ event, ws: ws.data.client });
    if (event === "pong") this.pongsDue = Math.max(0, this.pongsDue - 1);
    const block = this.#program.blocks[Number(data.toString())];
    if (block !== undefined && data.length > 0) this.run(block, ws);
  }

  run(ops: readonly Op[], self: Socket): void {
    const start = threadCpu();
    this.#depth++;
    this.#runAll(ops, self);
    this.#depth--;
    if (this.#depth === 0) this.ownTime += threadCpu() - start;
  }

  #runAll(ops: readonly Op[], self: Socket): void {
    for (const op of ops) {
      if (++this.#calls > MAX_CALLS) return;
      try {
        this.#do(op, self);
      } catch (error) {
        this.log.push({ threw: `${op.do}: ${error}` });
      }
    }
  }

  #do(op: Op, self: Socket): void {
    if (op.do === "later") {
      this.#later(op.when, self, () => this.run(op.ops, self));
      return;
    }
    if (op.do === "publish") {
      const by = op.by === null ? null : this.#find(op.by, self);
      if (by !== undefined) this.#publish(op, by);
      return;
    }
    const ws = this.#find(op.to, self);
    if (ws === undefined || (op.do === "ping" && ++this.#pings > MAX_PINGS)) return;
    const number = ws.data.client;
    if (op.do === "send") {
      const at = this.#reserve();
      const burst = this.#burst(op, (data) => ws.send(data, op.compress));
      this.log[at] = { call: "send", ws: number, ...burst, buffered: ws.getBufferedAmount() };
    } else if (op.do === "subscribe" || op.do === "unsubscribe") {
      ws[op.do](op.topic);
      this.log.push({ call: op.do, ws: number, topic: op.topic, returned: ws.isSubscribed(op.topic) });
    } else if (op.do === "cork") ws.cork(() => this.run(op.ops, self));
    else {
      const at = this.#reserve();
      const returned = this.#simple(op, ws);
      this.log[at] = { call: op.do, ws: number, returned };
    }
  }

  /** The place of a call in the log, ahead of the handlers that run within it. @returns its index */
  #reserve(): number {
    return this.log.push({ threw: "not finished" }) - 1;
  }

  #simple(
    op: Extract<Op, { do: "pause" | "resume" | "terminate" | "buffered" | "close" | "ping" }>,
    ws: Socket,
  ): number {
    if (op.do === "buffered") return ws.getBufferedAmount();
    if (op.do === "ping") {
      const returned = ws.ping(String(op.block));
      if (returned !== 0) this.pongsDue++;
      return returned;
    }
    if (op.do === "close") ws.close(op.code, "");
    else ws[op.do]?.();
    return 0;
  }

  /** A call that closes a client that is too slow runs its `close` handler. The burst goes on in a new entry behind that. */
  #publish(op: Extract<Op, { do: "publish" }>, by: Socket | null): void {
    const publisher = by ?? this.#server;
    const call = { call: "publish", ws: by === null ? null : by.data.client, topic: op.topic } as const;
    for (let left = op.times; left > 0; ) {
      const at = this.#reserve();
      const hasInner = (): boolean => this.log.length > at + 1;
      const publish = (data: string | Uint8Array): number => publisher.publish(op.topic, data, op.compress);
      const { returned, ...burst } = this.#burst({ ...op, times: left }, publish, hasInner);
      if (!hasInner()) {
        this.log[at] = { ...call, ...burst, returned };
        return;
      }
      const [value, count] = returned.at(-1)!;
      const before = [...returned.slice(0, -1), [value, count - 1] as const];
      const countBefore = before.reduce((sum, [, times]) => sum + times, 0);
      const last = { ...call, ...burst, first: burst.first + countBefore, returned: [[value, 1]] as const };
      this.log.splice(at, 1, { ...call, ...burst, returned: before }, { ...last, unplaced: true });
      this.log.push({ ...last, unplaced: true });
      left -= countBefore + 1;
    }
  }

  /** @param ends whether a call is the last */
  #burst(
    { kind, size, times }: Burst,
    send: (data: string | Uint8Array) => number,
    ends: () => boolean = () => false,
  ) {
    const first = this.#messages;
    const returned: [number, number][] = [];
    for (let i = 0; i < times && this.#messages < MAX_MESSAGES && this.#bytes + size <= MAX_BYTES; i++) {
      this.#bytes += size;
      const content = contentOf(kind, size, this.#messages++);
      const start = threadCpu();
      const value = send(content);
      this.longestCall = Math.max(this.longestCall, threadCpu() - start);
      const last = returned.at(-1);
      if (last?.[0] === value) last[1]++;
      else returned.push([value, 1]);
      if (ends()) break;
    }
    return { kind, size, first, returned: returned as readonly Run[] };
  }

  #later(when: When, self: Socket, callback: () => void): void {
    this.outstanding++;
    const entry = { ws: self.data.client, when, id: this.log.length };
    this.log.push({ later: "put", ...entry });
    const run = (): void => {
      this.outstanding--;
      this.log.push({ later: "ran", ...entry });
      callback();
    };
    if (when === "microtask") queueMicrotask(run);
    else if (when === "tick") process.nextTick(run);
    else if (when === "immediate") setImmediate(run);
    else setTimeout(run, 1);
  }

  #find(ref: number, self: Socket): Socket | undefined {
    return ref === SELF ? self : this.sockets[ref];
  }
}
