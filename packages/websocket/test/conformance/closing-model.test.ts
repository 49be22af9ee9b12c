/** RFC 6455 §7: both sides on a network that delays and cuts, against the rules as a model (closing-model.ts). */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { closeCode } from "../../src/arbitraries/index.ts";
import { anyText } from "../../src/arbitraries/messages.ts";
import type { Connection } from "../../src/index.ts";
import { peerOf, plain, runs, type Side, side } from "../support.ts";
import { type Act, isEnding, ModelSide, type Role, type Saying } from "./closing-model.ts";

interface Model {
  readonly client: ModelSide;
  readonly server: ModelSide;
}

/** One side of ours, its events, and the bytes that it has written but the other has not got. */
interface RealSide extends Side {
  readonly received: string[];
  flying: Buffer;
  written: number;
}

interface Real {
  readonly client: RealSide;
  readonly server: RealSide;
}

type Step = fc.Command<Model, Real>;

function realSide(role: Role): RealSide {
  return { ...side(role), received: [], flying: Buffer.alloc(0), written: 0 };
}

function act(connection: Connection, action: Act): void {
  const isOpen = connection.state === "open";
  if (!isEnding(action)) expect(send(connection, action)).toBe(isOpen);
  else if (action.type === "close") expect(connection.close(action.code, action.reason)).toBe(isOpen);
  else connection.fail(action.code!, action.reason);
}

function send(connection: Connection, action: Saying): boolean {
  if (action.type === "text") return connection.text(action.text);
  return connection[action.type](action.bytes);
}

/** Compares after each step, so that what is reported is the step that went wrong. */
function compare(model: Model, real: Real): void {
  for (const role of ["client", "server"] as const) {
    const [expected, found] = [model[role], real[role]];
    const sent = found.sink.flush();
    found.flying = Buffer.concat([found.flying, sent]);
    found.written += sent.length;
    expect(found.connection.state).toBe(expected.state);
    expect(found.received).toEqual(expected.received);
    expect(found.written).toBe(expected.written);
    expect(found.connection.closeSent).toBe(expected.closesSent === 1);
  }
}

function acting(role: Role, action: Act): Step {
  return {
    check: () => true,
    run(model, real) {
      model[role].act(action);
      act(real[role].connection, action);
      compare(model, real);
    },
    toString: () => `${role} ${action.type}`,
  };
}

function delivering(role: Role, count: number, reaction: Act | null): Step {
  return {
    check: (model) => model[peerOf(role)].inFlight > 0,
    run(model, real) {
      const [to, from] = [real[role], real[peerOf(role)]];
      model[role].deliver(model[peerOf(role)], count, reaction);
      const piece = Buffer.from(from.flying.subarray(0, count));
      from.flying = from.flying.subarray(count);
      let react = reaction;
      to.connection.receive(piece);
      for (let event = to.connection.next(); event !== null; event = to.connection.next()) {
        to.received.push(plain(event));
        if (react !== null) act(to.connection, react);
        react = null;
      }
      piece.fill(0xee);
      compare(model, real);
    },
    toString: () => `${role} receives ${count}${reaction === null ? "" : ` and does ${reaction.type}`}`,
  };
}

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constant("x".repeat(126)),
  fc.constant("é".repeat(700)),
);
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const reason = anyText({ maxLength: 20 });
const talk: fc.Arbitrary<Act> = fc.oneof(
  text.map((value): Act => ({ type: "text", text: value })),
  bytes(130).map((value): Act => ({ type: "binary", bytes: value })),
  fc
    .tuple(fc.constantFrom("ping" as const, "pong" as const), bytes(9))
    .map(([type, value]): Act => ({ type, bytes: value })),
);
const closing = fc.oneof(
  fc.record({ type: fc.constant("close" as const), code: closeCode(), reason }),
  fc.constant({ type: "close" as const, reason: "" }),
);
const failing = fc.record({ type: fc.constant("fail" as const), code: closeCode(), reason });
const role = fc.constantFrom("client" as const, "server" as const);
const count = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 400 }),
  fc.constant(100_000),
);

function steps(acts: fc.Arbitrary<Act>): fc.Arbitrary<Iterable<Step>> {
  return fc.commands(
    [
      fc.tuple(role, acts).map(([role, action]) => acting(role, action)),
      fc.tuple(role, count, fc.option(acts, { freq: 3 })).map((args) => delivering(...args)),
      fc.tuple(role, count).map(([role, size]) => delivering(role, size, null)),
    ],
    { maxCommands: 40 },
  );
}

/** Lets the network deliver the rest. Each turn takes something, and responses get no response, so that it ends. */
function drain(model: Model, real: Real): void {
  for (let turn = 0; model.client.inFlight + model.server.inFlight > 0; turn++) {
    expect(turn).toBeLessThan(20);
    for (const role of ["client", "server"] as const) {
      if (model[peerOf(role)].inFlight > 0) delivering(role, 1_000_000, null).run(model, real);
    }
  }
}

function run(commands: Iterable<Step>, atEnd: (model: Model, real: Real) => void): void {
  const model = { client: new ModelSide("client"), server: new ModelSide("server") };
  const real = { client: realSide("client"), server: realSide("server") };
  fc.modelRun(() => ({ model, real }), commands);
  drain(model, real);
  atEnd(model, real);
}

const closes = (received: readonly string[]) => received.filter((event) => event.startsWith("close"));
const codeOf = (event: string | undefined) => Number(event?.split(" ")[1]);

it("§7: whatever both sides do, and however the network delivers it, all is as in the model", () => {
  const anything = fc.oneof(
    { weight: 8, arbitrary: talk },
    { weight: 1, arbitrary: closing },
    { weight: 1, arbitrary: failing },
  );
  fc.assert(
    fc.property(steps(anything), (commands) =>
      run(commands, (_model, real) => {
        for (const role of ["client", "server"] as const) {
          const { connection, received } = real[role];
          // One Close at most, and nothing behind it; after a failure of our own none.
          expect(received.slice(0, -1).filter((event) => event.startsWith("close"))).toEqual([]);
          expect(closes(received).length).toBe(connection.closeReceived ? 1 : 0);
          expect(received.filter((event) => event.startsWith("error"))).toEqual([]);
        }
      }),
    ),
    runs(1500),
  );
});

it("§7.1.4: without a failure both end in closed, with one Close event, and all messages before it", () => {
  const anything = fc.oneof({ weight: 6, arbitrary: talk }, { weight: 1, arbitrary: closing });
  fc.assert(
    fc.property(steps(anything), role, closeCode(), (commands, last, code) =>
      run([...commands, acting(last, { type: "close", code, reason: "last" })], (model, real) => {
        for (const role of ["client", "server"] as const) {
          const { connection, received } = real[role];
          const peer = peerOf(role);
          expect(connection.state).toBe("closed");
          expect([connection.closeSent, connection.closeReceived]).toEqual([true, true]);
          expect(closes(received)).toHaveLength(1);
          expect(received.at(-1)).toBe(closes(received)[0]);
          // Pongs are responses too, and also unsolicited pongs of the application.
          const messages = (list: readonly string[]) =>
            list.filter((event) => /^(text|binary|ping)/.test(event));
          expect(messages(received)).toEqual(messages(model[peer].exchange));
          // §7.1.5: the code is the peer's, if it began; else it is our own that came back.
          const code = model[peer].closeCode ?? model[role].closeCode;
          expect(codeOf(received.at(-1))).toBe(code);
        }
      }),
    ),
    runs(1500),
  );
});
