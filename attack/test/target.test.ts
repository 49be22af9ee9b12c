import { once } from "node:events";
import { expect, it } from "vitest";
import { TRANSPORTS } from "../src/attack.ts";
import { connect, connected } from "../src/connect.ts";
import { Target } from "../src/target.ts";

it.each(TRANSPORTS)("starts a server that replies and reports its vitals, over %s", async (transport) => {
  const target = await Target.start("child/idle.js", { transport, plain: false });
  try {
    const socket = await connected(connect(target));
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const [bytes] = (await once(socket, "data")) as [Buffer];
    expect(bytes.toString()).toContain("200 OK");
    const vitals = await target.vitals();
    expect(vitals.rss).toBeGreaterThan(10);
    expect(vitals.descriptors).toBeGreaterThan(3);
    expect(vitals.pendingRequests).toBe(0);
    socket.destroy();
  } finally {
    await target.stop();
  }
});

it("sees the server's death", async () => {
  const target = await Target.start("child/idle.js", { transport: "handle", plain: true });
  const asked = target.ask("reject");
  await expect(asked.then(() => target.vitals())).rejects.toThrow("the server ended: exit 1");
  expect(target.alive).toBe(false);
  expect(target.words).toContain("on purpose");
});
