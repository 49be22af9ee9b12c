/** The same servers for our client, undici's, and the one that Node.js itself has (undici's too, of another version). */
import { WebSocket as UndiciWebSocket } from "undici";
import { describe, expect, it } from "vitest";
import { WebSocket } from "../../src/client/index.ts";
import { CLOSE, TEXT } from "../../src/opcode.ts";
import { wire } from "../support.ts";
import { afterTest, closeStatus, type RawPeer, rawServer, record, until } from "./support.ts";

/** The members of all of them. */
interface Client extends EventTarget {
  readonly url: string;
  readonly readyState: number;
  readonly protocol: string;
  readonly extensions: string;
  readonly bufferedAmount: number;
  binaryType: string;
  onmessage: unknown;
  send(data: string | Uint8Array | Blob): void;
  close(code?: number, reason?: string): void;
}

type ClientClass = new (url: string, protocols?: string | string[]) => Client;

/** That of Node.js 22 is of undici 6, and no measure: a failed handshake, for one, gets an error but no close event. */
const native =
  Number.parseInt(process.versions.node, 10) >= 24 ? Reflect.get(globalThis, "WebSocket") : undefined;
const peers: ReadonlyArray<readonly [string, ClientClass]> = [
  ["undici", UndiciWebSocket as unknown as ClientClass],
  ...(native === undefined ? [] : [["Node.js", native as ClientClass] as const]),
];

/** A client's errors, events and states, and the bytes that the server got from it. */
type Story = string[];

interface Stage {
  readonly client: Client;
  readonly peer: RawPeer;
  readonly story: Story;
  /** Notes what something gives or throws. */
  note(name: string, act: () => unknown): void;
}

interface Scenario {
  readonly protocols?: string | string[];
  /** The server's part; by default it accepts. */
  readonly serve?: (peer: RawPeer) => Promise<void>;
  /** The client's part, after `open` unless `early`. */
  readonly play?: (stage: Stage) => void | Promise<void>;
  readonly early?: boolean;
}

const frame = (opcode: number, payload: Uint8Array | string = ""): Buffer =>
  wire("server", { opcode, payload: Buffer.from(payload as string) });
const closeFrame = (code: number, reason = ""): Buffer =>
  frame(CLOSE, Buffer.concat([Buffer.of(code >> 8, code & 255), Buffer.from(reason)]));

/** Accepts, responds to a Close frame with `closing`, and closes the connection. */
function acceptThen(
  first: Buffer,
  closing: Buffer | null = closeFrame(1000),
): (peer: RawPeer) => Promise<void> {
  return async (peer) => {
    await peer.accept(first);
    await until(
      () => peer.ended || peer.closed || peer.frames.some(({ opcode }) => opcode === CLOSE),
      "the end",
    );
    if (closing !== null) peer.socket.write(closing);
    peer.socket.end();
  };
}

async function tell(ClientClass: ClientClass, scenario: Scenario): Promise<Story> {
  const story: Story = [];
  let served: Promise<void> | null = null;
  let found: RawPeer | null = null;
  const serve = scenario.serve ?? acceptThen(Buffer.alloc(0));
  const url = await rawServer((peer) => {
    found = peer;
    served = serve(peer);
  });
  const client = new ClientClass(`${url}path?q`, scenario.protocols ?? []);
  const { events, closed } = record(client);
  const note = (name: string, act: () => unknown): void => {
    try {
      story.push(`${name}: ${JSON.stringify(act())}`);
    } catch (error) {
      story.push(`${name} throws ${kindOf(error)}`);
    }
  };
  const state = (name: string): void =>
    note(name, () => [client.readyState, client.protocol, client.extensions, client.bufferedAmount]);
  state("made");
  for (const type of ["open", "error", "close"]) client.addEventListener(type, () => state(`at ${type}`));
  if (scenario.early !== true) await Promise.race([closed, until(() => client.readyState === 1, "open")]);
  const stage = {
    client,
    story,
    note,
    get peer() {
      return found!;
    },
  };
  await scenario.play?.(stage);
  if (scenario.early !== true && client.readyState < 2) client.close();
  await closed;
  await served;
  const frames = (found as RawPeer | null)?.frames ?? [];
  return [
    ...story,
    ...events.map((event) => `event ${event}`),
    ...frames.map(
      ({ opcode, payload }) => `frame ${opcode} ${opcode === CLOSE ? statusOf(payload) : payload}`,
    ),
    `url ${client.url.replace(/:\d+/, "")}`,
  ];
}

function kindOf(error: unknown): string {
  const { constructor: kind, name } = error as Error;
  return `${kind.name} ${name}`;
}

/** Each implementation has its own messages for failures. */
function statusOf(payload: string): string {
  return closeStatus(payload).replace(/^(1002|1007) .*/, "$1");
}

const scenarios: Readonly<Record<string, Scenario>> = {
  "opens and closes": {},
  "a subprotocol": {
    protocols: ["a", "b"],
    serve: async (peer) => {
      await peer.accept(Buffer.alloc(0), "Sec-WebSocket-Protocol: b");
      await until(() => peer.frames.length > 0, "a Close frame");
      peer.socket.end(closeFrame(1000));
    },
  },
  "no subprotocol though offered": { protocols: "a", serve: (peer) => peer.accept() },
  "a subprotocol that was not offered": {
    serve: (peer) => peer.accept(Buffer.alloc(0), "Sec-WebSocket-Protocol: x"),
  },
  "a wrong accept": {
    serve: async (peer) => {
      peer.socket.write((await peer.response()).replace(/Accept: ./, "Accept: -"));
    },
  },
  "status 404": {
    serve: async (peer) => {
      await peer.request;
      peer.socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    },
  },
  "a redirect": {
    serve: async (peer) => {
      await peer.request;
      peer.socket.end("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    },
  },
  "send and close before open": {
    early: true,
    serve: async () => {},
    play: ({ client, note }) => {
      note("send", () => client.send("x"));
      note("close", () => client.close(1001));
      note("close", () => client.close(3000, "early"));
      note("state", () => client.readyState);
      note("close again", () => client.close());
    },
  },
  "every kind of data": {
    play: async ({ client, note, peer }) => {
      note("text", () => client.send("h\u00e9\ud800"));
      note("bytes", () => client.send(Uint8Array.of(1, 2)));
      note("Blob", () => client.send(new Blob(["b"])));
      note("behind it", () => client.send("after"));
      note("empty", () => client.send(""));
      note("number", () => client.send(5 as unknown as string));
      note("nothing", () => (client.send as () => void)());
      note("bufferedAmount", () => client.bufferedAmount);
      await until(() => peer.frames.length === 6, "all frames");
    },
  },
  "messages of each binaryType": {
    serve: acceptThen(Buffer.alloc(0)),
    play: async ({ client, note, peer }) => {
      let count = 0;
      client.addEventListener("message", () => count++);
      peer.socket.write(frame(2, "blob"));
      await until(() => count === 1, "a Blob");
      client.binaryType = "arraybuffer";
      note("binaryType", () => client.binaryType);
      peer.socket.write(Buffer.concat([frame(2, "a"), frame(2), frame(TEXT, "t\u00e9"), frame(TEXT)]));
      await until(() => count === 5, "the rest");
    },
  },
  "an unknown binaryType": {
    play: ({ client, note }) => {
      client.binaryType = "arraybuffer";
      client.binaryType = "unknown";
      note("binaryType", () => client.binaryType);
    },
  },
  "handlers that are no functions": {
    play: ({ client, note }) => {
      const handler = (): void => {};
      client.onmessage = handler;
      note("function", () => client.onmessage === handler);
      for (const value of [null, 1, "x", undefined]) {
        client.onmessage = value;
        note(String(value), () => client.onmessage);
      }
    },
  },
  "the server closes": {
    serve: acceptThen(closeFrame(4321, "why"), null),
    play: ({ client }) => until(() => client.readyState > 1, "closing"),
  },
  "the server closes without a code": {
    serve: acceptThen(frame(CLOSE), null),
    play: ({ client }) => until(() => client.readyState > 1, "closing"),
  },
  "messages before the server's Close frame": {
    serve: acceptThen(Buffer.concat([frame(TEXT, "1"), frame(TEXT, "2"), closeFrame(1000)]), null),
    play: ({ client }) => until(() => client.readyState > 1, "closing"),
  },
  "the server is gone": {
    serve: async (peer) => {
      await peer.accept(frame(TEXT, "1"));
      peer.socket.end();
    },
    play: ({ client }) => until(() => client.readyState > 1, "closing"),
  },
  "the server breaks the protocol": {
    serve: acceptThen(Buffer.concat([frame(TEXT, "1"), frame(3)]), null),
    play: ({ client }) => until(() => client.readyState > 1, "closing"),
  },
  "text that is no UTF-8": {
    serve: acceptThen(frame(TEXT, Buffer.of(0xff)), null),
    play: ({ client }) => until(() => client.readyState > 1, "closing"),
  },
  "close codes": {
    play: ({ client, note }) => {
      for (const code of [0, 999, 1001, 1005, 2999, 5000, 70_000, Number.NaN, null]) {
        note(`close ${code}`, () => client.close(code as number));
      }
      note("long reason", () => client.close(1000, "\u00e9".repeat(62)));
      note("code and reason", () => client.close(3456, "r\u00e9ason\ud800"));
      note("send", () => client.send("1234"));
      note("bufferedAmount", () => client.bufferedAmount);
    },
    serve: acceptThen(Buffer.alloc(0), closeFrame(3456, "other")),
  },
  "only a reason": { play: ({ client }) => client.close(undefined, "why") },
  "the response to our Close frame has another code": {
    play: ({ client }) => client.close(3000),
    serve: acceptThen(Buffer.alloc(0), closeFrame(3001, "other")),
  },
  "the server is gone without a response to our Close frame": {
    play: ({ client }) => client.close(3000),
    serve: acceptThen(Buffer.alloc(0), null),
  },
  "messages after close": {
    serve: acceptThen(frame(TEXT, "1"), Buffer.concat([frame(TEXT, "2"), closeFrame(1000)])),
    play: async ({ client }) => {
      client.close();
    },
  },
};

interface Difference {
  /** The reason for our behaviour. */
  readonly reason: string;
  /** Turns our story into a peer's. */
  readonly theirs: (ours: Story) => Story;
}

const differences: Readonly<Record<string, Difference>> = {
  "an unknown binaryType": {
    reason: "Web IDL: a value that is not of the enumeration is ignored; undici sets blob",
    theirs: replace(['binaryType: "arraybuffer"', 'binaryType: "blob"']),
  },
  "the server closes": {
    reason: "our response repeats the reason too, as in ws; that of undici has only the code",
    theirs: replace(["frame 8 4321 why", "frame 8 4321"]),
  },
  "close codes": {
    reason:
      "the standard: send() counts in bufferedAmount when the connection is closing too; undici's does not",
    theirs: replace(["bufferedAmount: 4", "bufferedAmount: 0"], ['"",4]', '"",0]']),
  },
  "send and close before open": {
    reason:
      "the standard: close() makes the state CLOSING, and the events come in a later task; undici's come within close()",
    theirs: (ours) => {
      const events = ours.filter((line) => line.startsWith("at "));
      const others = ours.filter((line) => !line.startsWith("at "));
      const place = others.indexOf("close: undefined");
      return [...others.slice(0, place), ...events, ...others.slice(place)];
    },
  },
};

function replace(...pairs: ReadonlyArray<readonly [string, string]>): (story: Story) => Story {
  return (story) => story.map((line) => pairs.reduce((text, [from, to]) => text.replace(from, to), line));
}

describe.each(peers)("%s", (_name, Peer) => {
  it.each(Object.entries(scenarios))("%s", async (name, scenario) => {
    const ours = await tell(WebSocket as unknown as ClientClass, scenario);
    const theirs = await tell(Peer, scenario);
    const difference = differences[name];
    if (difference === undefined) expect(ours).toEqual(theirs);
    else {
      expect(ours, difference.reason).not.toEqual(theirs);
      expect(difference.theirs(ours), difference.reason).toEqual(theirs);
    }
  });
});

describe("the constructor", () => {
  it.each(peers)("throws where %s's does", async (_name, Peer) => {
    const make = (ClientClass: ClientClass, args: unknown[]): string => {
      try {
        const client = Reflect.construct(ClientClass, args) as Client;
        record(client);
        afterTest(() => client.close());
        return client.url;
      } catch (error) {
        return kindOf(error);
      }
    };
    for (const args of [
      [],
      ["relative"],
      ["ws://"],
      ["ws://127.0.0.1:1/#x"],
      ["ws://127.0.0.1:1/#"],
      ["ftp://127.0.0.1:1/"],
      ["http://127.0.0.1:1/a b"],
      ["https://127.0.0.1:1"],
      ["ws://127.0.0.1:1", "a b"],
      ["ws://127.0.0.1:1", ["a", "a"]],
      ["ws://127.0.0.1:1", [""]],
      ["ws://127.0.0.1:1", "x"],
      [Symbol("x")],
    ]) {
      expect(make(WebSocket as unknown as ClientClass, args), String(args[0])).toBe(make(Peer, args));
    }
  });
});
