import type net from "node:net";
import { type Attack, type Measured, type Settings, turnLimit } from "../../attack.ts";
import { connect, connected } from "../../connect.ts";
import { measure, pause, untilDone } from "./measure.ts";
import { handshake, Peer } from "./peer.ts";

const TOPICS = 1_000_000;
const HANDSHAKES = 500;
const AT_ONCE = 20;
/** Milliseconds that half-open connections stay. */
const STAY = 300;

/** One client with `count` topics leaves. */
export function leaveTopics(settings: Settings, count: number): Promise<readonly Measured[]> {
  return measure(settings, { memory: 1_000, wait: 1_000 }, async (target) => {
    const peer = await Peer.open(target);
    peer.command("topics", count);
    await untilDone(target, 1);
    await target.resetPeaks();
    peer.leave();
    await pause(STAY);
    return [];
  });
}

/** `count` clients send half a handshake; as many send a whole one and leave before the response. */
export function shakeHalf(settings: Settings, count: number): Promise<readonly Measured[]> {
  // All leave at once, and one poll tells of up to 1,024 sockets: 30 ms, and twice that on a busy machine.
  const turn = Math.max(100, turnLimit(settings));
  return measure(settings, { memory: 64, turn, wait: 1_000 }, async (target) => {
    const whole = handshake();
    const sockets: net.Socket[] = [];
    // A few at once: accepting is not measured.
    for (let i = 0; i < count * 2; i += AT_ONCE) {
      const some = Array.from({ length: AT_ONCE }, () => connected(connect(target)));
      sockets.push(...(await Promise.all(some)));
    }
    for (const [i, socket] of sockets.entries()) {
      // A turn has the handshakes of one poll; that is not measured either.
      if (i % AT_ONCE === 0) await pause(2);
      if (i % 2 === 0) socket.write(whole.slice(0, whole.length / 2));
      else socket.write(whole, () => socket.destroy());
    }
    await pause(STAY);
    for (const socket of sockets) socket.destroy();
    const limit = performance.now() + 5_000;
    let pending = 1;
    // The two connections of `measure`.
    while (pending > 0 && performance.now() < limit) {
      await pause(20);
      pending = (await target.ask<number>("pending")) - 2;
    }
    return [{ what: "pendingWebSockets left", unit: "", bound: 0, measured: pending }];
  });
}

export const crowds: readonly Attack[] = [
  {
    name: "a client with 1,000,000 topics leaves",
    about: "The others do not wait while it is unsubscribed.",
    run: (settings) => leaveTopics(settings, TOPICS),
  },
  {
    name: "half of a handshake",
    about:
      "A thousand clients that never become WebSockets, or are gone when they do; nothing of them stays.",
    run: (settings) => shakeHalf(settings, HANDSHAKES),
  },
];
