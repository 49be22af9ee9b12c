import { Buffer } from "node:buffer";
import type { SubscribeOptions } from "../api/websocket.ts";
import { resolveInteger } from "./check.ts";
import { MOST_MESSAGES } from "./topic-rules.ts";

/** A record, so that the compiler refuses a list that differs from the type. */
const NAMES: Readonly<Record<keyof SubscribeOptions, true>> = { last: true, presence: true };

/** Of JSON, as the relay has it, whose code is not loaded for it. */
const MOST_BYTES = 2048;

/** The second argument of `ws.subscribe`, checked. */
export interface ResolvedSubscribe {
  /** 0 for none. */
  readonly last: number;
  /** JSON; null for none. */
  readonly presence: string | null;
}

const NONE: ResolvedSubscribe = { last: 0, presence: null };

/** @throws TypeError for what is no object, an unknown name and a value of another type; RangeError for a number out of range and for too much JSON */
export function resolveSubscribe(given: unknown): ResolvedSubscribe {
  if (given === undefined || given === null) return NONE;
  if (typeof given !== "object") throw new TypeError("subscribe() takes an object of options");
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(NAMES, name));
  if (unknown !== undefined) throw new TypeError(`subscribe() has no option ${JSON.stringify(unknown)}`);
  const { last, presence } = given as SubscribeOptions;
  return { last: resolveInteger(last, "last", MOST_MESSAGES, 0), presence: resolvePresence(presence) };
}

function resolvePresence(presence: unknown): string | null {
  if (presence === undefined || presence === null) return null;
  const json: unknown = JSON.stringify(presence);
  if (typeof json !== "string") throw new TypeError(`presence must be JSON, not a ${typeof presence}`);
  const bytes = Buffer.byteLength(json);
  if (bytes > MOST_BYTES)
    throw new RangeError(`presence must be at most ${MOST_BYTES} bytes of JSON, not ${bytes}`);
  return json;
}
