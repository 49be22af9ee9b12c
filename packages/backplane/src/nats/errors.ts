/** What a developer is told: what is wrong, and what to do. Never a secret. */
import { certificateFault } from "../certificate-fault.ts";
import { reasonOf } from "../reason.ts";
import { JetStreamError } from "./jetstream.ts";

/** @param where hosts and ports */
export function explain(error: Error, where: string): Error {
  return new Error(wordsFor(error, where), { cause: error });
}

function wordsFor(error: Error, where: string): string {
  const message = reasonOf(error);
  const code =
    (error as NodeJS.ErrnoException).code ?? (error.cause as NodeJS.ErrnoException | undefined)?.code;
  if (code === "ECONNREFUSED" || /connection refused/i.test(message)) {
    return `nothing listens at ${where}: start the server, or mend the servers of nats()`;
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return `the name of ${where} is not known: mend the servers of nats(), or the DNS`;
  }
  if (/permissions violation/i.test(message)) {
    return `${where} does not allow this user what nats() needs, its subjects: ${message}`;
  }
  if (/maximum subscriptions exceeded/i.test(message)) {
    return `${where} allows a connection no more topics: raise its max_subscriptions (${message})`;
  }
  if (/authorization|authentication/i.test(message)) {
    return `${where} refuses the login: mend the user, the password or the token of nats() (${message})`;
  }
  if (/timeout/i.test(message) || code === "ETIMEDOUT")
    return `${where} does not answer: it is down, stopped, or behind a firewall`;
  const certificate = certificateFault(message, where, "nats()", "the servers of nats()");
  if (certificate !== null) return certificate;
  return `the connection to ${where} is broken: ${message}`;
}

/** The same for what JetStream has refused. */
export function explainJetStream(error: Error, where: string): Error {
  if (!(error instanceof JetStreamError)) return explain(error, where);
  const words = error.isOff
    ? `${where} has no JetStream for this user, and histories of nats() need it: start the server with -js`
    : `JetStream of ${where} refuses what histories of nats() need: ${error.message}`;
  return new Error(words, { cause: error });
}
