import type { Attack } from "../attack.ts";
import { Crowd } from "./crowd.ts";
import { held, heldRow, inScene, peakRow } from "./scene.ts";

/** The head of an upload in chunks. */
function chunkedHead(path: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n`;
}

const ONE_BYTE = "1\r\na\r\n";
const CONNECTIONS = 60;
/** As many as fit into the unread body that the server keeps: 64 KiB. */
const UNREAD = 65_535;
/** Kept bytes are copied, and their memory doubles as it grows. */
const KB_EACH = 300;

export const uploadFloods: readonly Attack[] = [
  {
    name: "one-byte chunks, unread",
    about: `${CONNECTIONS} uploads in chunks of one byte, which nothing reads, with a heap of 256 MB.`,
    run: (settings) =>
      inScene(
        settings,
        async (scene) => {
          const crowd = await Crowd.gather(scene.target, CONNECTIONS);
          await crowd.send(chunkedHead("/hang") + ONE_BYTE.repeat(UNREAD), 20_000);
          const kept = heldRow(await held(scene), CONNECTIONS, KB_EACH);
          const peak = await peakRow(scene, 250);
          crowd.leave("rst");
          return [kept, peak];
        },
        // One poll may bring what all of them have sent: 23 MB, in four million chunks of 40 ns each, and twice that on a busy machine.
        { flags: ["--max-old-space-size=256"], turn: 600 },
      ),
  },
  {
    name: "one-byte chunks, as text",
    about: "An upload of a million chunks of one byte that is wanted as text.",
    run: (settings) =>
      inScene(settings, async (scene) => {
        const crowd = await Crowd.gather(scene.target, 1);
        const [socket] = crowd.sockets;
        const response = new Promise<string>((resolve) =>
          socket!.once("data", (bytes) => resolve(String(bytes))),
        );
        await crowd.send(`${chunkedHead("/text") + ONE_BYTE.repeat(1_000_000)}0\r\n\r\n`, 60_000);
        const whole = (await response).endsWith("\r\n\r\n1000000");
        const peak = await peakRow(scene, 200);
        crowd.leave("fin");
        return [peak, { what: "wrong responses", unit: "", bound: 0, measured: whole ? 0 : 1 }];
      }),
  },
  {
    name: "uploads that are left",
    about: "500 uploads of which a half is sent, unread; then their clients go without a word, or by FIN.",
    run: (settings) =>
      inScene(settings, async (scene) => {
        const head = "POST /hang HTTP/1.1\r\nHost: test\r\nContent-Length: 200000\r\n\r\n";
        const rude = await Crowd.gather(scene.target, 250);
        const polite = await Crowd.gather(scene.target, 250);
        await Promise.all([rude, polite].map((crowd) => crowd.send(head + "a".repeat(100_000), 10_000)));
        // 64 KiB of an unread body, and the bytes of the last read.
        const kept = heldRow(await held(scene), 500, 160);
        rude.leave("rst");
        polite.leave("fin");
        return [kept];
      }),
  },
];
