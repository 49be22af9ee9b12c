import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latin1 } from "../src/arbitraries/text.ts";
import { ClientConnection } from "../src/client-connection.ts";
import { ProtocolError, UsageError } from "../src/errors.ts";
import { ServerConnection } from "../src/server-connection.ts";
import {
  CLIENT_REQUEST,
  CLIENT_RESPONSE,
  nextState,
  SERVER_REQUEST,
  SERVER_RESPONSE,
  type Transition,
} from "../src/state.ts";
import { runs } from "./runs.ts";
import { Recorder } from "./support/recorder.ts";

type Table = Readonly<Record<string, Transition<string>>>;

const tables: Readonly<Record<string, readonly [table: Table, initial: string, states: number]>> = {
  "a server's requests": [SERVER_REQUEST, "head", 6],
  "a server's responses": [SERVER_RESPONSE, "idle", 6],
  "a client's requests": [CLIENT_REQUEST, "idle", 5],
  "a client's responses": [CLIENT_RESPONSE, "idle", 6],
};

/** Each "from → to" of a table, but for those that stay. */
const moves = (table: Table): string[] => [
  ...new Set(
    Object.values(table).flatMap((transition) =>
      Object.entries(transition).flatMap(([from, to]) => (from === to ? [] : [`${from} → ${to}`])),
    ),
  ),
];

describe("the table of", () => {
  it.each(Object.entries(tables))("%s leads to each state, and from each state to an end", (_, [
    table,
    initial,
    count,
  ]) => {
    const reached = new Set([initial]);
    for (const from of reached) {
      for (const transition of Object.values(table))
        if (transition[from] !== undefined) reached.add(transition[from]);
    }
    expect(reached.size).toBe(count);
    const ends = new Set(["closed", "upgraded", "failed"].filter((state) => reached.has(state)));
    for (let size = 0; size !== ends.size; ) {
      size = ends.size;
      for (const move of moves(table)) if (ends.has(move.split(" → ")[1]!)) ends.add(move.split(" → ")[0]!);
    }
    expect([...ends].sort()).toEqual([...reached].sort());
  });
});

it("an event that cannot meet a state is a defect, and throws", () => {
  expect(nextState(SERVER_RESPONSE.start, "pending")).toBe("body");
  expect(() => nextState<string>(SERVER_RESPONSE.start, "done")).toThrow("cannot meet the state done");
});

/** Notes the moves of one side in a step. One step may move a side twice: to `done`, and at once back to `head`. */
function follow(table: Table, from: string, to: string, seen: Set<string>): void {
  if (from === to) return;
  const known = moves(table);
  if (known.includes(`${from} → ${to}`)) {
    seen.add(`${from} → ${to}`);
    return;
  }
  const between = known
    .filter((move) => move.startsWith(`${from} → `))
    .map((move) => move.split(" → ")[1]!)
    .filter((state) => known.includes(`${state} → ${to}`));
  expect(between, `a way from ${from} to ${to}`).not.toEqual([]);
}

/** Does what the application or the peer may try; refusals are as good as anything else that does not move past the table. */
function attempt(step: () => unknown): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ProtocolError)) throw error;
  }
}

type Steps<Connection> = Readonly<Record<string, (connection: Connection) => unknown>>;

const receive =
  (text: string) =>
  (connection: ServerConnection | ClientConnection): void => {
    const bytes = latin1(text);
    connection.receive(bytes);
    connection.keep();
  };

const shared: Steps<ServerConnection | ClientConnection> = {
  receiveEnd: (connection) => connection.receiveEnd(),
  doNotPersist: (connection) => connection.doNotPersist(),
  write: (connection) => connection.write("ab"),
  end: (connection) => connection.end(),
  "end ": (connection) => connection.end(),
  nonsense: receive("?\r\n\r\n"),
  content: receive("ab"),
};

const serverSteps: Steps<ServerConnection> = {
  ...shared,
  GET: receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
  "GET ": receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
  POST: receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"),
  last: receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
  offer: receive("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
  respond: (connection) => connection.respond({ status: 200 }, "x"),
  start: (connection) => connection.start({ status: 200 }),
  refuse: (connection) => connection.refuse(408),
  upgrade: (connection) => connection.upgrade(["Connection", "upgrade", "Upgrade", "x"]),
};

const send = (method: string, target: string, fields: readonly string[] = []) => ({
  method,
  target,
  fields: ["Host", "a:1", ...fields],
});
const OFFER = ["Connection", "upgrade", "Upgrade", "x"];

const clientSteps: Steps<ClientConnection> = {
  ...shared,
  GET: (connection) => connection.request(send("GET", "/"), null),
  "GET ": (connection) => connection.request(send("GET", "/"), null),
  last: (connection) => connection.request(send("GET", "/", ["Connection", "close"]), null),
  offer: (connection) => connection.request(send("GET", "/", OFFER), null),
  CONNECT: (connection) => connection.request(send("CONNECT", "a:1"), null),
  "CONNECT, begun": (connection) => connection.start(send("CONNECT", "a:1"), 0),
  POST: (connection) => connection.start(send("POST", "/")),
  "POST with an offer": (connection) => connection.start(send("POST", "/", OFFER)),
  abandon: (connection) => connection.abandon(),
  200: receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
  "200 ": receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"),
  "200, last": receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
  101: receive("HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
};

describe("no event meets a state that has no entry for it, and each entry is met, of", () => {
  const property = <Connection extends ServerConnection | ClientConnection>(
    create: () => Connection,
    steps: Steps<Connection>,
    requests: Table,
    responses: Table,
  ): void => {
    const step = fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat({ max: 3 }));
    const seen = [new Set<string>(), new Set<string>()] as const;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), (plan) => {
        const connection = create();
        const take = (act: (connection: Connection) => unknown): void => {
          const { requestState, responseState } = connection;
          attempt(() => act(connection));
          follow(requests, requestState, connection.requestState, seen[0]);
          follow(responses, responseState, connection.responseState, seen[1]);
        };
        for (const [name, events] of plan) {
          take(steps[name]!);
          for (let i = 0; i < events; i++) take((one) => one.next());
        }
      }),
      // Fewer do not meet each entry.
      { numRuns: Math.max(runs(20_000).numRuns, 4_000) },
    );
    expect([...seen[0]].sort()).toEqual(moves(requests).sort());
    expect([...seen[1]].sort()).toEqual(moves(responses).sort());
  };

  it("a server's tables", () => {
    property(() => new ServerConnection(new Recorder()), serverSteps, SERVER_REQUEST, SERVER_RESPONSE);
  });

  it("a client's tables", () => {
    property(() => new ClientConnection(new Recorder()), clientSteps, CLIENT_REQUEST, CLIENT_RESPONSE);
  });
});
