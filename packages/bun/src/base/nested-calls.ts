/** Calls of functions within themselves that take no stack: a value may be nested as deep as memory allows. */

/** A call that is under way: it yields each call that it needs, gets its result, and returns its own. */
export interface NestedCall<Result> extends Generator<NestedCall<Result>, Result, Result> {}

/** Runs a call, and those that it needs. @throws what one of them throws */
export function resultOf<Result>(first: NestedCall<Result>): Result {
  const waiting: NestedCall<Result>[] = [];
  let call = first;
  let step = call.next();
  for (;;) {
    if (step.done !== true) {
      waiting.push(call);
      call = step.value;
      step = call.next();
      continue;
    }
    const caller = waiting.pop();
    if (caller === undefined) return step.value;
    call = caller;
    step = call.next(step.value);
  }
}

/** What `join` gives, without a copy of the texts: one for each level would take a time that grows with the square of the levels. */
export function concatenated(parts: readonly string[], separator: string): string {
  let text = parts[0] ?? "";
  for (let i = 1; i < parts.length; i++) text += separator + parts[i]!;
  return text;
}
