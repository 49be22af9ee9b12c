import { file, Response as OurResponse } from "@mantou/serve";
import { makeFile } from "./files.ts";
import type { Body, Case, OddResult } from "./script.ts";
import { bytes, ScriptError } from "./steps.ts";
import { makeSource } from "./streams.ts";
import { Trace } from "./trace.ts";

type AnyResponse = new (body?: never, init?: ResponseInit) => Response;

/** The state of a case. */
export interface Stage {
  /** A path for a new file. */
  path(): string;
  readonly traces: Trace[];
}

/** The result of a handler: mostly a response. */
export function makeResult({ body, handler }: Case, request: Request, stage: Stage): unknown {
  const platform = handler.response === "platform";
  const AResponse = (platform ? globalThis.Response : OurResponse) as unknown as AnyResponse;
  switch (body.kind) {
    case "stream": {
      const trace = new Trace(`${body.made} ${stage.traces.length}`);
      const source = makeSource(body, trace, platform);
      const headers: Record<string, string> =
        body.declares === null ? {} : { "content-length": String(body.declares) };
      const response = new AResponse(source as never, { headers });
      stage.traces.push(trace);
      return response;
    }
    case "file":
      return makeFileResponse(body, AResponse, stage);
    case "whole":
      return new AResponse(whole(body.as, body.size) as never);
    case "echo":
      return new AResponse(request.body as never);
    case "odd":
      return makeOdd(body.value, AResponse);
  }
}

function makeFileResponse(
  body: Extract<Body, { kind: "file" }>,
  Platform: AnyResponse,
  stage: Stage,
): unknown {
  const path = stage.path();
  makeFile(path, body.size, body.fault);
  const blob = file(path);
  if (body.as === "stream") return new Platform(blob.stream() as never);
  return new OurResponse(body.as === "slice" ? blob.slice(1, Math.max(1, body.size - 1)) : blob);
}

function whole(as: "text" | "bytes" | "blob" | "form", size: number): unknown {
  if (as === "text") return "a".repeat(size);
  if (as === "bytes") return bytes(size);
  if (as === "blob") return new Blob([bytes(size)]);
  const form = new FormData();
  form.set("field", "a".repeat(size));
  return form;
}

function makeOdd(value: OddResult, AResponse: AnyResponse): unknown {
  switch (value) {
    case "undefined":
      return undefined;
    case "null":
      return null;
    case "number":
      return 7;
    case "text":
      return "text";
    case "proxy":
      return new Proxy(new AResponse(), {
        get: () => {
          throw new ScriptError("thrown by a proxy");
        },
        getPrototypeOf: () => {
          throw new ScriptError("thrown by a proxy");
        },
      });
    case "used": {
      const response = new AResponse("text" as never);
      response.text().catch(() => {});
      return response;
    }
    case "locked": {
      const response = new AResponse(new ReadableStream() as never);
      response.body?.getReader();
      return response;
    }
    case "errored":
      return new AResponse(
        new ReadableStream({ start: (it) => it.error(new ScriptError("errored")) }) as never,
      );
    case "foreign":
      return { [Symbol.toStringTag]: "Response", status: 200, headers: new Headers(), body: "text" };
    case "foreign-throws":
      return {
        [Symbol.toStringTag]: "Response",
        status: 200,
        headers: new Headers(),
        get body() {
          throw new ScriptError("thrown by a getter");
        },
      };
  }
}
