import type { Body, Case } from "./script.ts";

const MB = 2 ** 20;
/** What the runtime itself keeps more or less of, from one run to the next. */
const SLACK = 5;
/** Of each connection: what may wait to be read, and to be sent (`limits.ts`), in the sizes in which memory is given. */
const CONNECTION = 1;

/** How many MB may be kept for these clients while they are there, given that they are sent so much. */
export function allowance(cases: readonly Case[]): number {
  return cases.reduce((sum, script) => sum + CONNECTION + ofBody(script.body) + ofUpload(script), SLACK);
}

function ofBody(body: Body): number {
  if (body.kind === "file") return 0.5;
  if (body.kind === "whole") return (body.size * 4) / MB;
  if (body.kind !== "stream") return 0.5;
  const sizes = body.steps.map((step) => (step.do === "chunk" ? step.size : 100));
  const sum = sizes.reduce((a, b) => a + b, 0);
  // A queue of the stream's own, the pieces that are on their way, and copies of both.
  const repeated = body.forever ? body.highWaterMark + 3 : 1;
  return (2 * sum * repeated) / MB;
}

function ofUpload({ client, handler }: Case): number {
  const whole = handler.reads === "text" || handler.reads === "bytes" || handler.reads === "blob";
  return client.upload !== null && whole ? (client.upload.total * 4) / MB : 0;
}
