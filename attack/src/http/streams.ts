import { pause } from "./pauses.ts";
import type { Body, Cancel } from "./script.ts";
import { ScriptError, Steps } from "./steps.ts";
import type { Trace } from "./trace.ts";

type StreamBody = Extract<Body, { kind: "stream" }>;

/** The body of a response. */
export type Source =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | (() => AsyncGenerator<Uint8Array>);

/** A body that follows its script. `trace` records its end and each cancellation. */
export function makeSource(body: StreamBody, trace: Trace, platform: boolean): Source {
  // A body that fills its queue without end fills the memory itself.
  const steps = new Steps(body.steps, body.forever && body.made !== "start", trace);
  switch (body.made) {
    case "start":
      return startStream(body, steps, trace);
    case "pipe":
      return pullStream(body, steps, trace).pipeThrough(new TransformStream());
    case "from":
      return streamFrom(iterable(body, steps, trace));
    case "iterator":
    case "generator": {
      const source = body.made === "iterator" ? iterable(body, steps, trace) : generator(body, steps, trace);
      // The platform's Response takes no iterators.
      return platform ? streamFrom(source) : source;
    }
    default:
      return pullStream(body, steps, trace);
  }
}

function streamFrom(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const { from } = ReadableStream as unknown as {
    from(source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array>;
  };
  return from.call(ReadableStream, source);
}

function pullStream(body: StreamBody, steps: Steps, trace: Trace): ReadableStream<Uint8Array> {
  const ofBytes = body.made === "bytes";
  /** The next act. @returns what the one behind it waits for; null if the pull is over */
  const act = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> | null => {
    const next = steps.next();
    if (next.do === "wait") return next.until;
    if (next.do === "give") {
      // A stream of bytes takes no empty ones.
      if (ofBytes && (next.value as Uint8Array | null)?.byteLength === 0) return pause("turn");
      enqueue(controller, next.value, trace);
      return null;
    }
    trace.ended = true;
    if (next.do === "throw") throw new ScriptError("thrown");
    if (next.do === "error") controller.error(new ScriptError("errored"));
    else controller.close();
    return null;
  };
  // Without waits it is synchronous, as the simplest of sources are.
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> | undefined => {
    const until = act(controller);
    return until === null ? undefined : pullBehind(until, controller);
  };
  // Not a chain of promises: a script that waits without end would keep all of them.
  const pullBehind = async (
    first: Promise<void>,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> => {
    for (let until: Promise<void> | null = first; until !== null; until = act(controller)) await until;
  };
  const cancel = (): unknown => cancelled(body.cancel, trace);
  if (ofBytes) {
    return new ReadableStream({
      type: "bytes",
      pull: pull as never,
      cancel: cancel as never,
    }) as ReadableStream<Uint8Array>;
  }
  return new ReadableStream<Uint8Array>(
    { pull: pull as never, cancel: cancel as never },
    { highWaterMark: body.highWaterMark },
  );
}

function enqueue(
  controller: ReadableStreamDefaultController<Uint8Array>,
  value: unknown,
  trace: Trace,
): void {
  try {
    controller.enqueue(value as Uint8Array);
  } catch (error) {
    // The controller refuses it, and the stream fails.
    trace.ended = true;
    throw error;
  }
}

/** Puts everything into its queue, without being asked. */
function startStream(body: StreamBody, steps: Steps, trace: Trace): ReadableStream<Uint8Array> {
  const fill = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    for (;;) {
      const act = steps.next();
      if (!trace.open) return;
      if (act.do === "wait") await act.until;
      else if (act.do === "give") controller.enqueue(act.value as Uint8Array);
      else {
        // The queue is still to be read: the end comes when it has been read, and this source does not learn of it.
        trace.ended = true;
        if (act.do === "throw") throw new ScriptError("thrown");
        if (act.do === "error") controller.error(new ScriptError("errored"));
        else controller.close();
        return;
      }
    }
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      // Not returned: a stream that has not started would not be read.
      fill(controller).catch((error: unknown) => {
        trace.ended = true;
        try {
          controller.error(error);
        } catch {}
      });
    },
    cancel: (() => cancelled(body.cancel, trace)) as never,
  });
}

/** A hand-made iterator: `next` and `return` follow the script in any state. */
function iterable(body: StreamBody, steps: Steps, trace: Trace): AsyncIterable<Uint8Array> {
  const next = (): Promise<IteratorResult<Uint8Array>> => {
    const act = steps.next();
    if (act.do === "wait") return act.until.then(next);
    if (act.do === "give") return Promise.resolve({ value: act.value as Uint8Array, done: false });
    trace.ended = true;
    if (act.do === "throw") throw new ScriptError("thrown");
    if (act.do === "error") return Promise.reject(new ScriptError("errored"));
    return Promise.resolve({ value: undefined, done: true });
  };
  const iterator = { next, return: () => cancelled(body.cancel, trace) as never };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** A real generator. Its `return` is counted, and waits for the current step, as the language defines. */
function generator(body: StreamBody, steps: Steps, trace: Trace): AsyncIterable<Uint8Array> {
  async function* run(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const act = steps.next();
      if (act.do === "wait") await act.until;
      else if (act.do === "give") yield act.value as Uint8Array;
      else {
        trace.ended = true;
        if (act.do === "end") return;
        throw new ScriptError("thrown");
      }
    }
  }
  const made = run();
  const end = made.return.bind(made);
  made.return = async (value) => {
    await cancelled(body.cancel, trace);
    return end(value);
  };
  return made;
}

/** The script's reaction to a cancellation. */
function cancelled(how: Cancel, trace: Trace): unknown {
  trace.cancelled();
  if (how === "throws") throw new ScriptError("thrown by cancel");
  if (how === "rejects") return Promise.reject(new ScriptError("rejected by cancel"));
  if (how === "hangs") return new Promise(() => {});
  if (how === "waits") return pause(5).then(() => ({ value: undefined, done: true }));
  return Promise.resolve({ value: undefined, done: true });
}
