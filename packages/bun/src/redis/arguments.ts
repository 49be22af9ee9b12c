/** From what programs give to a command to what is sent. */
import { Buffer } from "node:buffer";
import { wrongType } from "../base/argument-error.ts";
import { isBytes, viewOf } from "../base/bytes.ts";
import { wrongArgument } from "./errors.ts";

/** A key, a field or a value. */
export type RedisValue = string | number | ArrayBufferView | ArrayBuffer;

/** What the package sends. */
export type SentArgument = string | Buffer;

/** @returns undefined for a value of another type */
export function toSent(value: unknown): SentArgument | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  const bytes = viewOf(value);
  // It is sent later, and the program may change its memory until then.
  return bytes === null ? undefined : Buffer.from(bytes);
}

/** Commands without a key in front: what their arguments are called in errors. */
const FIRST: Readonly<Record<string, string>> = {
  ping: "message",
  echo: "message",
  ...Object.fromEntries(
    "info del unlink touch mget mset msetnx client config command script"
      .split(" ")
      .map((name) => [name, "additional arguments"]),
  ),
};
const SECOND: Readonly<Record<string, string>> = {
  set: "value",
  append: "value",
  getset: "value",
  lpushx: "value",
  sadd: "member",
  srem: "member",
  sismember: "member",
  zscore: "member",
  hget: "field",
  hexists: "field",
  publish: "message",
};
/** Commands that need a first argument: without it, the server's answer would not say which. */
const WITHOUT_ARGUMENTS: ReadonlySet<string> = new Set(
  "ping info dbsize time randomkey lastsave flushdb flushall command client config script pubsub mget mset msetnx".split(
    " ",
  ),
);
/** Commands whose second argument is a number of seconds or milliseconds. */
const NUMBERS: Readonly<Record<string, string>> = { expire: "seconds" };

/**
 * The arguments of a command.
 * @throws TypeError for a value of another type
 */
export function commandArguments(name: string, given: readonly unknown[]): SentArgument[] {
  if (given.length === 0 && !WITHOUT_ARGUMENTS.has(name))
    throw wrongArgument("key", "a string or buffer", name);
  const seconds = NUMBERS[name];
  if (seconds !== undefined && given.length > 1 && typeof given[1] !== "number") {
    throw wrongType(`The "${seconds}" property must be of type number. Received ${typeof given[1]}`);
  }
  const sent = given.map((value, i) => toSent(value) ?? refuse(name, i));
  // The server would say that the number of arguments is wrong, and not which one is missing.
  if (sent.length === 1 && SECOND[name] !== undefined) refuse(name, 1);
  return sent;
}

function refuse(name: string, index: number): never {
  const kinds = name === "set" && index === 1 ? "a string or buffer or number" : "a string or buffer";
  const argument = index === 0 ? (FIRST[name] ?? "key") : index === 1 ? SECOND[name] : undefined;
  throw wrongArgument(argument ?? "additional arguments", kinds, name);
}

/**
 * Fields and values of a hash: as an object, an array, or one after the other.
 * @throws Error without a pair, or for a field without a value
 */
export function hashArguments(name: string, [key, first, ...rest]: readonly unknown[]): SentArgument[] {
  const list =
    rest.length > 0
      ? [first, ...rest]
      : Array.isArray(first)
        ? (first as unknown[])
        : typeof first === "object" && first !== null && !isBytes(first)
          ? Object.entries(first).flat()
          : [];
  if (list.length === 0) throw new Error("HSET requires at least key, field, and value arguments");
  if (list.length % 2 !== 0) {
    throw new Error(
      Array.isArray(first)
        ? "Array must have an even number of elements (field-value pairs)"
        : "HSET requires field-value pairs (even number of arguments after key)",
    );
  }
  return commandArguments(name, [key, ...list]);
}

/** @throws Error without a field */
export function fieldArguments(name: string, [key, first, ...rest]: readonly unknown[]): SentArgument[] {
  if (first === undefined) throw new Error("HMGET requires at least a key and one field");
  const fields = Array.isArray(first) ? (first as unknown[]) : [first, ...rest];
  if (fields.length === 0) throw new Error("HMGET requires at least one field");
  return commandArguments(name, [key, ...fields]);
}
