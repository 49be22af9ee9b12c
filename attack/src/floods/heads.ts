import type { Attack } from "../attack.ts";
import { Crowd } from "./crowd.ts";
import { held, heldRow, inScene, peakRow } from "./scene.ts";

const MEGABYTE = "a".repeat(2 ** 20);

/** Endless input where the protocol expects an end. */
const ENDLESS: Readonly<Record<string, string>> = {
  target: `GET /${MEGABYTE.repeat(4)}`,
  field: `GET / HTTP/1.1\r\nHost: test\r\nX: ${MEGABYTE.repeat(4)}`,
  fields: `GET / HTTP/1.1\r\nHost: test\r\n${"a: b\r\n".repeat(600_000)}`,
  "empty lines": "\r\n".repeat(2_000_000),
  "chunk extension": `POST /text HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n1;${MEGABYTE.repeat(4)}`,
  trailers: `POST /text HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${"a: b\r\n".repeat(600_000)}`,
};
const EACH = 20;

export const headFloods: readonly Attack[] = [
  {
    name: "heads without end",
    about: `${Object.keys(ENDLESS).join(", ")}: 4 MB and no end, from ${EACH} clients each.`,
    run: (settings) =>
      inScene(settings, async (scene) => {
        const crowds = await Promise.all(
          Object.values(ENDLESS).map(async (text) => {
            const crowd = await Crowd.gather(scene.target, EACH);
            await crowd.send(text, 10_000);
            return crowd;
          }),
        );
        // Node's own streams hold each socket's last read.
        const each = settings.transport === "handle" ? 100 : 160;
        const kept = heldRow(await held(scene), EACH * crowds.length, each);
        const peak = await peakRow(scene, 250);
        // Each was refused: the server discards its further bytes for two seconds at most.
        await Promise.all(crowds.map((crowd) => crowd.closed(15_000)));
        const open = crowds.reduce((sum, crowd) => sum + crowd.open, 0);
        for (const crowd of crowds) crowd.leave("rst");
        return [kept, peak, { what: "connections that stay", unit: "", bound: 0, measured: open }];
      }),
  },
  {
    name: "slow heads",
    about: "500 clients that send one byte of a head now and then.",
    run: (settings) =>
      inScene(settings, async (scene) => {
        const crowd = await Crowd.gather(scene.target, 500);
        const head = "GET / HTTP/1.1\r\nHost: test\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaaa";
        crowd.read();
        const closed = crowd.closed(20_000);
        const timer = setInterval(() => {
          for (const socket of crowd.sockets) if (!socket.destroyed) socket.write("a");
        }, 200);
        await crowd.send(head, 5_000);
        const kept = heldRow(await held(scene), 500, 12);
        await closed;
        clearInterval(timer);
        const open = crowd.open;
        crowd.leave("rst");
        return [kept, { what: "connections that stay", unit: "", bound: 0, measured: open }];
      }),
  },
];
