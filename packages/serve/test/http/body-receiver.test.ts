import type { IncomingRequest } from "@mantou/http1";
import { expect, it } from "vitest";
import { BodyReceiver } from "../../src/http/body-receiver.ts";
import { DISCARD_BYTES } from "../../src/http/limits.ts";
import { ReadPauser } from "../../src/socket/read-pauser.ts";
import type { Transport } from "../../src/socket/transport.ts";

const POST = { framing: "chunked", length: 0 } as unknown as IncomingRequest;
const GET = { framing: "none", length: 0 } as unknown as IncomingRequest;

it.each([
  ["another body", POST],
  ["none", GET],
])("a body that was full at its end holds nothing of the next request back, with %s", async (_, next) => {
  const pauser = new ReadPauser({ pause() {}, resume() {} } as Transport);
  const receiver = new BodyReceiver(pauser, () => {});
  const reader = receiver.begin(POST)!.stream().getReader();
  receiver.push(Buffer.from("a"));
  await reader.read();
  // It is read on behind its response.
  receiver.abandon();
  receiver.push(Buffer.alloc(DISCARD_BYTES));
  expect(pauser.paused).toBe(true);
  // A paused client could not begin the next request.
  receiver.end();
  expect(pauser.paused).toBe(false);
  const body = receiver.begin(next);
  if (body === null) return;
  // From now on it is the next body alone for which the client is paused, and read on.
  receiver.push(Buffer.alloc(DISCARD_BYTES));
  await reader.read();
  expect(pauser.paused).toBe(true);
  void body.bytes();
  expect(pauser.paused).toBe(false);
});
