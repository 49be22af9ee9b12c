import { result } from "@shop/core";

const statuses = { missing: 404, conflict: 409, invalid: 422 } as const;

export function reply<T>(outcome: result.Result<T>, status = 200) {
  if (outcome instanceof result.Ok) return Response.json(outcome.value, { status });
  return Response.json({ error: outcome.message, code: outcome.code }, { status: statuses[outcome.code] });
}
