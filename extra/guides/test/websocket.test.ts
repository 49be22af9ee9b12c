import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { block, untested } from "./support/page.ts";
import { RUNTIMES, said, serving } from "./support/program.ts";

/** A client, and the messages that it has got. */
class Client {
  readonly socket: WebSocket;
  readonly heard: string[] = [];

  constructor(origin: string, headers: Readonly<Record<string, string>> = {}) {
    this.socket = new WebSocket(origin.replace("http", "ws"), { headers });
    this.socket.on("message", (data: Buffer) => this.heard.push(data.toString("utf8")));
  }

  static async open(origin: string, headers?: Readonly<Record<string, string>>): Promise<Client> {
    const client = new Client(origin, headers);
    await new Promise((resolve, reject) => client.socket.once("open", resolve).once("error", reject));
    return client;
  }

  async hears(count: number): Promise<readonly string[]> {
    await until(() => this.heard.length >= count, `${count} messages`);
    return this.heard;
  }
}

/** What stands where the guide has `// ...`. */
const UPGRADE = "fetch: (req, server) => (server.upgrade(req) ? undefined : new Response()),";

describe.each(RUNTIMES)("websocket $name", (runtime) => {
  it("simple", async () => {
    await serving(
      runtime,
      { "server.ts": block("websocket/simple", 0) },
      ["server.ts"],
      async (origin, program, port) => {
        expect((await said(origin))[2]).toBe("Hello world!");
        const client = await Client.open(origin);
        client.socket.send("one");
        client.socket.send("two");
        expect(await client.hears(2)).toEqual(["You said: one", "You said: two"]);
        expect(program.prints).toBe(`Listening on localhost:${port}\nReceived one\nReceived two\n`);
        client.socket.terminate();
      },
    );
  });

  it("pubsub", async () => {
    // The guide leaves the function to its reader.
    const names =
      "const getUsernameFromCookies = (text: string | null) => /name=(\\w+)/.exec(text ?? '')?.[1] ?? 'nobody';\n";
    const files = { "server.ts": names + block("websocket/pubsub", 0) };
    await serving(runtime, files, ["server.ts"], async (origin) => {
      expect((await said(origin))[2]).toBe("Hello world");
      const ada = await Client.open(origin, { cookie: "name=ada" });
      await ada.hears(1);
      const bob = await Client.open(origin, { cookie: "name=bob" });
      await bob.hears(1);
      ada.socket.send("hi");
      await bob.hears(2);
      ada.socket.close();
      expect(await bob.hears(3)).toEqual(["bob has entered the chat", "ada: hi", "ada has left the chat"]);
      expect(ada.heard).toEqual(["ada has entered the chat", "bob has entered the chat", "ada: hi"]);
      bob.socket.terminate();
    });
  });

  it("context", async () => {
    await serving(
      runtime,
      { "server.ts": block("websocket/context", 0) },
      ["server.ts"],
      async (origin, program) => {
        const client = await Client.open(origin);
        client.socket.send("hi");
        await until(() => /^Received hi from 0\.\d+$/m.test(program.prints), "what it prints");
        client.socket.terminate();
      },
    );
    const own = `
      const parseCookies = (text: string | null) => Object.fromEntries((text ?? "").split("; ").map((pair) => pair.split("=")));
      const getUserFromToken = async (token: string) => ({ id: "user of " + token });
      const saveMessageToDatabase = async (message: object) => console.log(JSON.stringify(message));
    `;
    const files = { "server.ts": own + block("websocket/context", 1) };
    await serving(runtime, files, ["server.ts"], async (origin, program) => {
      const client = await Client.open(origin, { cookie: "X-Token=secret" });
      client.socket.send("hi");
      await until(
        () => program.prints.includes('{"message":"hi","userId":"user of secret"}\n'),
        "what it prints",
      );
      client.socket.terminate();
    });
  });

  it("compression, block 0", async () => {
    const source = block("websocket/compression", 0).replace("// ...", UPGRADE);
    await serving(runtime, { "server.ts": source }, ["server.ts"], async (origin) => {
      const client = await Client.open(origin);
      expect(client.socket.extensions).toContain("permessage-deflate");
      client.socket.terminate();
    });
  });

  it.each([
    [1, ["hi"], 1],
    [2, ['{"type":"snapshot","users":["alice","bob","carol"]}', "ping"], 2],
  ] as const)("compression, block %i", async (index, due, count) => {
    const source = block("websocket/compression", index).replace("// ...", UPGRADE);
    // The guide's server publishes at its start, when nothing is subscribed.
    const late = source.replace(
      /\n\/\/ compressed for([\s\S]*)$/,
      "\nprocess.on('SIGUSR2', () => {$1});\n".replace("$1", "\n//$1"),
    );
    await serving(runtime, { "server.ts": late }, ["server.ts"], async (origin, program) => {
      const [first, second] = [await Client.open(origin), await Client.open(origin)];
      expect(first.socket.extensions).toContain("permessage-deflate");
      if (index === 1) first.socket.send("hi");
      else program.signal("SIGUSR2");
      expect(await first.hears(count)).toEqual(due);
      if (index === 2) expect(await second.hears(count)).toEqual(due);
      first.socket.terminate();
      second.socket.terminate();
    });
  });
});

it("websocket: each block of each guide has a test", () => {
  expect(untested("websocket")).toEqual([]);
});
