import type { Body, Case } from "./script.ts";

const MB = 2 ** 20;
/** The runtime's own variation from one run to the next. */
const SLACK = 5;
/** For each connection: bytes that may wait to be read and to be sent (`limits.ts`), in the sizes of allocations. */
const CONNECTION = 1;

/** The MB that may be kept for these clients while they are connected, for that many bytes sent to them. */
export function allowance(cases: readonly Case[]): number {
  return cases.reduce((sum, script) => sum + CONNECTION + ofBody(script.body) + ofUpload(script), SLACK);
}

function ofBody(body: Body): number {
  if (body.kind === "file") return 0.5;
  if (body.kind === "whole") return (body.size * 4) / MB;
  if (body.kind !== "stream") return 0.5;
  const sizes = body.steps.map((step) => (step.do === "chunk" ? step.size : 100));
  const sum = sizes.reduce((a, b) => a + b, 0);
  // The stream's own queue, the pieces under way, and copies of both.
  const repeated = body.forever ? body.highWaterMark + 3 : 1;
  return (2 * sum * repeated) / MB;
}

function ofUpload({ client, handler }: Case): number {
  const whole = handler.reads === "text" || handler.reads === "bytes" || handler.reads === "blob";
  return client.upload !== null && whole ? (client.upload.total * 4) / MB : 0;
}
