import { type BatchChange, type NewBatch, STAGES, type Stage } from "./batch.ts";

const MAX_NAME = 60;
const MAX_COUNT = 999;

/** What a client has sent that cannot be a batch; the message is for its user. */
export class InputError extends Error {}

/** @throws InputError */
export function newBatch(sent: unknown): NewBatch {
  const { name, count } = change(sent);
  if (name === undefined || count === undefined) throw new InputError("A batch needs a name and a count");
  return { name, count };
}

/** @throws InputError */
export function change(sent: unknown): BatchChange {
  if (typeof sent !== "object" || sent === null) throw new InputError("A batch is an object");
  const { name, count, stage } = sent as Record<string, unknown>;
  return {
    ...(name !== undefined && { name: nameOf(name) }),
    ...(count !== undefined && { count: countOf(count) }),
    ...(stage !== undefined && { stage: stageOf(stage) }),
  };
}

function nameOf(value: unknown): string {
  const name = typeof value === "string" ? value.trim() : "";
  if (name === "" || name.length > MAX_NAME) throw new InputError(`A name has 1 to ${MAX_NAME} characters`);
  return name;
}

function countOf(value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > MAX_COUNT)
    throw new InputError(`A batch has 1 to ${MAX_COUNT} buns`);
  return value;
}

function stageOf(value: unknown): Stage {
  const stage = STAGES.find((each) => each === value);
  if (stage === undefined) throw new InputError(`A stage is one of ${STAGES.join(", ")}`);
  return stage;
}
