import { pause } from "./pauses.ts";
import { makeResult, type Stage } from "./results.ts";
import type { Case, Pause } from "./script.ts";
import { ScriptError } from "./steps.ts";

/** Runs the handler's part of a script. */
export function handle(script: Case, request: Request, stage: Stage): unknown {
  const { handler } = script;
  if (handler.waits.length === 0 && handler.reads === "nothing") return conclude(script, request, stage);
  const prepare = async (): Promise<unknown> => {
    for (const wait of handler.waits) await pause(wait as Pause);
    await read(handler.reads, request);
    return conclude(script, request, stage);
  };
  return prepare();
}

function conclude(script: Case, request: Request, stage: Stage): unknown {
  const make = (): unknown => makeResult(script, request, stage);
  switch (script.handler.returns) {
    case "value":
      return make();
    case "promise":
      return Promise.resolve().then(make);
    case "thenable":
      return thenable((resolve) => setImmediate(() => resolve(make())));
    case "thenable-twice":
      return thenable((resolve) => {
        const result = make();
        resolve(result);
        resolve(result);
      });
    case "thenable-throws":
      return thenable(() => {
        throw new ScriptError("thrown by then");
      });
    case "throw":
      throw failure(script);
    case "reject":
      return Promise.reject(failure(script));
    case "hang":
      return new Promise(() => {});
    case "signal":
      return new Promise((resolve) => {
        // A listener must not throw: that error would end the application.
        const go = (): void => resolve(Promise.resolve().then(make));
        if (request.signal.aborted) go();
        else request.signal.addEventListener("abort", go);
      });
  }
}

/** A thenable that is not a promise. */
function thenable(then: (resolve: (value: unknown) => void) => void): unknown {
  return { then };
}

async function read(how: Case["handler"]["reads"], request: Request): Promise<void> {
  if (how === "text") await request.text();
  else if (how === "bytes") await request.arrayBuffer();
  else if (how === "blob") await request.blob();
  else if (how === "cancel") await request.body?.cancel();
  else if (how === "some") await request.body?.getReader().read();
  else if (how === "stream" && request.body !== null) for await (const _ of request.body);
}

/** The error has the script of the `error` handler. */
const failures = new WeakMap<object, Case>();

function failure(script: Case): ScriptError {
  const error = new ScriptError("thrown by the handler");
  failures.set(error, script);
  return error;
}

export function handleError(error: Error): unknown {
  const script = failures.get(error);
  const respond = (): Response => new Response("an error", { status: 500 });
  switch (script?.handler.onError) {
    case "throws":
      throw new ScriptError("thrown by the error handler");
    case "rejects":
      return Promise.reject(new ScriptError("rejected by the error handler"));
    case "hangs":
      return new Promise(() => {});
    case "streams":
      return new Response(
        new ReadableStream({ pull: () => Promise.reject(new ScriptError("errored behind an error")) }),
      );
    default:
      return respond();
  }
}
