/** What a developer is told: what is wrong, and what to do. Never a secret. */
import { certificateFault } from "../certificate-fault.ts";
import { reasonOf } from "../reason.ts";

/** The login takes too long. */
export const NO_REPLY = "no reply to the login";

/** @param where host and port */
export function explain(error: Error, where: string): Error {
  const words = wordsFor(error, where);
  return new Error(words, { cause: error });
}

function wordsFor(error: Error, where: string): string {
  const message = reasonOf(error);
  const { code } = error as NodeJS.ErrnoException;
  const first = /^[A-Z]+/.exec(message)?.[0];
  if (code === "ECONNREFUSED")
    return `nothing listens at ${where}: start the server, or mend the URL of valkey()`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `the name of ${where} is not known: mend the URL of valkey(), or the DNS`;
  // The package's own error for a connection that is not made in time has its class as its name only.
  if (error.constructor.name === "ConnectionTimeoutError" || message === NO_REPLY || code === "ETIMEDOUT") {
    return `${where} does not answer: it is down, stopped, or behind a firewall`;
  }
  if (
    first === "WRONGPASS" ||
    first === "NOAUTH" ||
    /without any password configured|invalid password/i.test(message)
  ) {
    return `${where} refuses the login: mend the user and the password of valkey() (${message})`;
  }
  if (first === "OOM") {
    return `${where} has no memory left for histories: raise its maxmemory, or let it evict keys by its maxmemory-policy (${message})`;
  }
  if (first === "MISCONF" || first === "NOREPLICAS") {
    return `${where} takes no messages of histories: mend its disk, or its replicas (${message})`;
  }
  if (first === "MOVED" || first === "ASK" || first === "CROSSSLOT") {
    return `${where} is one node of a cluster, and histories of valkey() need a server that has all keys (${message})`;
  }
  if (first === "NOPERM" && /script|'eval|pexpire|keys/i.test(message)) {
    return `${where} does not allow this user what histories of valkey() need: +@scripting +@stream +hmget +hget +hset +del +pexpire +publish +time, and the keys of its prefix (${message})`;
  }
  if (first === "NOPERM" || /user executing the script/.test(message)) {
    return `${where} does not allow this user what valkey() needs: +subscribe +unsubscribe +publish +hello, and its channels (${message})`;
  }
  if (first === "NOPROTO" || /unknown command.*hello/i.test(message)) {
    return `${where} does not speak RESP3: valkey() needs Valkey, or Redis 6 or newer (7 is tested)`;
  }
  const certificate = certificateFault(message, where, "valkey()", "the URL of valkey()");
  if (certificate !== null) return certificate;
  if (first === "ERR") return `${where} refuses it: ${message}`;
  return `the connection to ${where} is broken: ${message}`;
}

/** Whether the user may not have one of the channels of a command, but may give the command itself. */
export function isOfChannel({ message }: Error): boolean {
  return message.startsWith("NOPERM ") && !message.includes(" permissions to run ");
}

/** Whether the server would refuse the same command again, on whichever connection. */
export function isFinal({ message }: Error): boolean {
  return message.startsWith("NOPERM ") || message.startsWith("ERR ");
}

/** Whether the server would refuse a script again, now and on whichever connection. */
export function isRefused(error: Error): boolean {
  return isFinal(error) || /^(?:OOM|MISCONF|NOREPLICAS|WRONGTYPE|MOVED|ASK|CROSSSLOT) /.test(error.message);
}

/** Whether a part of a script may have been executed, though it was refused. A server that takes no writes refuses the first one. */
export function wasExecuted({ message }: Error): boolean {
  return /user_script|script: /.test(message) && !/^(?:OOM|MISCONF|NOREPLICAS) /.test(message);
}
