import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "./client.ts";
import { ServerProcess } from "./server-process.ts";

let server: ServerProcess;
let address: URL;
const clients: Client[] = [];

beforeAll(async () => {
  server = new ServerProcess({}, "cluster.js");
  address = await server.address();
});

afterAll(async () => {
  for (const client of clients) client.end();
  const { code, stdout, stderr } = await server.stop();
  expect([code, stderr]).toEqual([0, ""]);
  // It is no next step to do what has been done.
  expect(stdout).toContain("What next?");
  expect(stdout).not.toContain("start:cluster");
});

async function join(name: string): Promise<Client> {
  const client = new Client(address, { name, room: "tea" });
  clients.push(client);
  await client.next("welcome");
  return client;
}

/** Each worker gives a name once: of two people of this name, each is at another one. */
const far = "Bo";

test("people of both workers talk in one room, and know of each other", async () => {
  const [first, second] = await server.workers();
  // The system gives a connection to any worker that runs.
  process.kill(first, "SIGSTOP");
  const witness = await join(far);
  process.kill(first, "SIGCONT");
  process.kill(second, "SIGSTOP");
  const other = await join(far);
  process.kill(second, "SIGCONT");
  witness.send({ type: "say", text: "from here" });
  const { from } = await other.next("message", ({ text }) => text === "from here");
  other.send({ type: "say", text: "from there" });
  const reply = await witness.next("message", ({ text }) => text === "from there");
  expect([from.name, reply.from.name]).toEqual([far, far]);
  expect(reply.from.id).not.toBe(from.id);

  // A newcomer sees them all, wherever they are.
  const newcomer = await join("Newcomer");
  expect((await newcomer.next("here")).people).toHaveLength(3);
});

test("a reload has pages come back to the new workers", async () => {
  await server.workers();
  const page = await join("Cy");
  const closed = new Promise((resolve) => page.socket.once("close", resolve));
  server.child.kill("SIGHUP");
  expect(await closed).toBe(1012);
  await page.next("welcome");
});
