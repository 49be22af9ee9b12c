import type { Attack } from "../attack.ts";
import { connect } from "../connect.ts";
import { Crowd, within } from "./crowd.ts";
import { held, heldRow, inScene, peakRow } from "./scene.ts";

export const connectionFloods: readonly Attack[] = [
  {
    name: "pipelining unread",
    about: "40 clients send 20,000 requests each, and read no response.",
    run: (settings) =>
      inScene(settings, async (scene) => {
        const crowd = await Crowd.gather(scene.target, 40);
        await crowd.send("GET /page HTTP/1.1\r\nHost: test\r\n\r\n".repeat(20_000), 2_000);
        // Bytes that wait to be sent, requests that were read ahead, and the runtime's own buffers.
        const kept = heldRow(await held(scene), 40, 800);
        const peak = await peakRow(scene, 250);
        crowd.leave("rst");
        return [kept, peak];
      }),
  },
  {
    name: "responses unread",
    about: "100 clients that ask for a stream without end, and do not read it.",
    run: (settings) =>
      inScene(
        settings,
        async (scene) => {
          const crowd = await Crowd.gather(scene.target, 100);
          await crowd.send("GET /endless HTTP/1.1\r\nHost: test\r\n\r\n", 2_000);
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          const kept = heldRow(await held(scene), 100, 400);
          crowd.leave("rst");
          return [kept];
          // One poll brings all requests, and each stream fills at once what the system takes: some megabytes.
        },
        { turn: 400 },
      ),
  },
  {
    name: "bodies of nothing",
    about: "20 responses give empty chunks without end; their clients leave, half of them by FIN.",
    run: (settings) =>
      inScene(settings, async (scene) => {
        const rude = await Crowd.gather(scene.target, 10);
        const polite = await Crowd.gather(scene.target, 10);
        await Promise.all(
          [rude, polite].map((it) => it.send("GET /empty HTTP/1.1\r\nHost: test\r\n\r\n", 2_000)),
        );
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        rude.leave("rst");
        polite.leave("fin");
        return [];
      }),
  },
  {
    name: "connections that are left",
    about: "3,000 connections that are opened and left, with a request or without; 500 that say nothing.",
    run: (settings) =>
      inScene(settings, async (scene) => {
        for (let round = 0; round < 10; round++) {
          const crowd = await Crowd.gather(scene.target, 300);
          if (round % 2 === 0) await crowd.send("GET /late HTTP/1.1\r\nHost: test\r\n\r\n", 2_000);
          crowd.leave(round % 3 === 0 ? "fin" : "rst");
        }
        const silent = await Crowd.gather(scene.target, 500);
        // TLS has its state for each.
        const kept = heldRow(await held(scene), 500, settings.transport === "tls" ? 60 : 12);
        await silent.closed(20_000);
        const open = silent.open;
        silent.leave("rst");
        return [kept, { what: "silent connections that stay", unit: "", bound: 0, measured: open }];
      }),
  },
  {
    name: "silent handshakes",
    about: "50 connections to a TLS port that say nothing, and then stop(true): they are gone at once.",
    transports: ["tls"],
    run: (settings) =>
      inScene(
        settings,
        async ({ target }) => {
          // Without TLS of their own: they never begin their handshake.
          const sockets = Array.from({ length: 50 }, () =>
            connect({ port: target.port, transport: "handle" }),
          );
          await Promise.all(
            sockets.map((socket) => new Promise((resolve) => socket.once("connect", resolve))),
          );
          const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
          for (const socket of sockets) {
            socket.resume();
            socket.once("end", () => socket.destroy());
          }
          await target.ask("stop");
          // Less than a handshake may take.
          await within(3_000, Promise.all(closed));
          const open = sockets.filter(({ destroyed }) => !destroyed).length;
          for (const socket of sockets) socket.destroy();
          return [{ what: "connections that stay", unit: "", bound: 0, measured: open }];
        },
        { stops: true },
      ),
  },
];
