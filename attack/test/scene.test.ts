import { expect, it } from "vitest";
import { holds, type Settings } from "../src/attack.ts";
import { Crowd } from "../src/floods/crowd.ts";
import { inScene } from "../src/floods/scene.ts";

const settings: Settings = { transport: "handle", plain: true, seed: 0, budget: 0 };

it("a server that lives and refuses a bystander has exceeded a bound", async () => {
  const rows = await inScene(settings, async ({ target }) => {
    await target.ask("stop");
    return [];
  });
  const exceeded = rows.filter((row) => !holds(row));
  expect(exceeded).toEqual([
    expect.objectContaining({ what: "a bystander is refused", note: "The server refuses the connection" }),
  ]);
});

it("one that responds to it with errors has, too", async () => {
  const rows = await inScene(settings, async ({ target }) => {
    await target.ask("refuse");
    return [];
  });
  const exceeded = rows.filter((row) => !holds(row));
  expect(exceeded).toEqual([
    expect.objectContaining({
      what: "a bystander is refused",
      note: "it gets HTTP/1.1 503 Service Unavailable",
    }),
  ]);
});

it("one that the flood itself has stopped has not", async () => {
  const rows = await inScene(
    settings,
    async ({ target }) => {
      await target.ask("stop");
      return [];
    },
    { stops: true },
  );
  expect(rows.filter((row) => !holds(row))).toEqual([]);
});

it("a turn that is long when the clients leave has exceeded its bound", async () => {
  const rows = await inScene(settings, async ({ target }) => {
    const crowd = await Crowd.gather(target, 1);
    await crowd.send("GET /work-at-the-end HTTP/1.1\r\nHost: test\r\n\r\n", 2_000);
    while ((await target.vitals()).pendingRequests === 0);
    crowd.leave("fin");
    return [];
  });
  const exceeded = rows.filter((row) => !holds(row));
  expect(exceeded.map(({ what }) => what)).toEqual(["longest turn, in CPU time"]);
});
