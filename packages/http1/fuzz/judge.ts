import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import { byteByByte, cutAt } from "../src/arbitraries/index.ts";
import { drive } from "../test/support/drive.ts";
import { driveClient } from "../test/support/drive-client.ts";
import { type Deviation, readConnection } from "../test/support/oracle.ts";
import { readResponses } from "../test/support/response-oracle.ts";

/** The parser's deliberate deviations from the grammar; test/oracle.test.ts has their reasons. */
const followed: ReadonlySet<Deviation> = new Set<Deviation>([
  "empty-lines-limited",
  "target-visible",
  "absolute-form-needs-authority",
  "chunk-size-digits",
]);

export type Role = "server" | "client";

/** Requests that a client has sent before it is given anything. */
const METHODS = ["GET", "HEAD", "POST"];

/**
 * @returns which invariant the bytes break, or null
 * @throws whatever a connection throws that is no row of the table, which is a finding too
 */
export function judge(role: Role, bytes: Uint8Array, places: readonly number[]): string | null {
  const run = (pieces: Uint8Array[]): ReturnType<typeof drive> | ReturnType<typeof driveClient> =>
    role === "server" ? drive(pieces, { end: true }) : driveClient(METHODS, pieces, { end: true });
  const whole = run([bytes]);
  if (!isDeepStrictEqual(run(cutAt(bytes, places)), whole)) return "cut anyhow, it is read otherwise";
  if (!isDeepStrictEqual(run(byteByByte(bytes)), whole)) return "byte by byte, it is read otherwise";
  const text = Buffer.from(bytes).toString("latin1");
  const messages = "messages" in whole ? whole.messages : whole.responses;
  const complete = messages.filter((message) => message.complete);
  const oracle =
    role === "server"
      ? { read: readConnection(text, followed).messages, verdict: readConnection(text, followed).verdict }
      : {
          read: readResponses(METHODS, text, followed).responses,
          verdict: readResponses(METHODS, text, followed).verdict,
        };
  if ((oracle.verdict === "rejected") !== (whole.code !== null)) return "the oracle's verdict is another one";
  const contents = complete.map(({ content, trailers }) => [content.toString("latin1"), trailers]);
  const expected = oracle.read.map(({ content, trailers }) => [content, trailers]);
  return isDeepStrictEqual(contents, expected) ? null : "the oracle reads another content";
}
