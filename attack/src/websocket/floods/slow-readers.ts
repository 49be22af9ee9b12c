import { Buffer } from "node:buffer";
import type { Attack, Measured, Settings } from "../../attack.ts";
import { measure, untilDone } from "./measure.ts";
import { frame, OPCODE, Peer } from "./peer.ts";
import type { Returned } from "./server.ts";

/** As many as make 16 MiB, the default of `backpressureLimit`: each is three bytes on the wire. */
const TINY_MESSAGES = 5_600_000;

/** A thousand bytes each, some times the default of `backpressureLimit`. */
const PUBLISHED = 100_000;
const LONGEST_PING = 125;
const PINGS_BYTES = 64 * 2 ** 20;
/** Milliseconds without progress after which a server counts as having stopped reading. */
const STOPPED = 1_000;

/** A client stops reading while it is sent `count` messages of one byte, then reads them. */
export function sendTiny(settings: Settings, count: number, memory: number): Promise<readonly Measured[]> {
  return measure(settings, { memory, wait: 1_000 }, async (target) => {
    const peer = await Peer.open(target);
    peer.stop();
    peer.command("fill");
    peer.command("tiny", count);
    await untilDone(target, 2);
    peer.read();
    const { bytes } = (await target.ask<Returned[]>("returned")).at(-1)!;
    await peer.until(() => peer.received >= bytes).catch(() => {});
    const lost = Math.abs(bytes - peer.received);
    peer.leave();
    return [{ what: "bytes lost without a word", unit: "", bound: 0, measured: lost }];
  });
}

/** The server publishes `count` messages to a subscriber that has stopped reading. */
export function publishToStuck(settings: Settings, count: number): Promise<readonly Measured[]> {
  return measure(settings, { memory: 64, wait: 1_000 }, async (target) => {
    const peer = await Peer.open(target);
    peer.command("join");
    peer.stop();
    await untilDone(target, 1);
    await target.ask("publish", count);
    await untilDone(target, 2);
    peer.leave();
    return [];
  });
}

/** A client sends pings, and does not read the pongs. */
export function floodPings(settings: Settings, bytes: number): Promise<readonly Measured[]> {
  return measure(settings, { memory: 48, wait: 1_000 }, async (target) => {
    const peer = await Peer.open(target);
    peer.stop();
    const pings = Buffer.concat(Array(500).fill(frame(OPCODE.ping, Buffer.alloc(LONGEST_PING, "p"))));
    for (let sent = 0; sent < bytes; sent += pings.length) {
      if (!(await peer.write(pings, STOPPED))) break;
    }
    peer.leave();
    return [];
  });
}

export const slowReaders: readonly Attack[] = [
  {
    name: "16 MiB in WebSocket messages of 1 byte",
    about:
      "A client stops reading while it is sent millions of messages, then reads; memory is that of their bytes.",
    run: (settings) => sendTiny(settings, TINY_MESSAGES, 80),
  },
  {
    name: "a subscriber that has stopped reading",
    about: "The server publishes 100 MB to it; memory is bounded by backpressureLimit.",
    run: (settings) => publishToStuck(settings, PUBLISHED),
  },
  {
    name: "pings without end",
    about: "A client sends pings and reads no pongs; it is no longer read.",
    run: (settings) => floodPings(settings, PINGS_BYTES),
  },
];
