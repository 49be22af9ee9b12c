import type { OutgoingResponse, ServerConnection } from "@mantou/http1";
import { logError } from "../errors/log.ts";
import { adviceForContent } from "../errors/platform-advice.ts";
import { describeValue } from "../errors/text.ts";
import { responseParts } from "../fetch/response.ts";
import { cancelStream } from "../fetch/streams.ts";
import { StaticResponse } from "./cached-response.ts";
import { FileContent, FileResponse } from "./file-plan.ts";
import type { HttpHost } from "./host.ts";
import { headFor, openResponse, PreparedResponse } from "./outgoing.ts";
import { closedError, type RequestContext } from "./request-context.ts";
import { sendFile } from "./send-file.ts";
import { isOver, type ResponseLink, sendStream } from "./send-stream.ts";

/** The connection that an answer is sent on. */
export interface ResponseHost extends ResponseLink {
  readonly http: ServerConnection;
  /** The answer is complete. */
  finish(context: RequestContext): void;
  /** The client must see that what it got is not the whole of it: the connection ends without a clean end. */
  abort(): void;
  /** There is nothing to be said but a status, and the connection ends. */
  refuseAndClose(status: number): void;
}

/**
 * Sends what handlers made of a request: a response, a promise of one, or what should have been one. It never throws: what cannot be sent becomes an error's response.
 */
export function respond(
  server: HttpHost,
  host: ResponseHost,
  context: RequestContext,
  answer: unknown,
): void {
  try {
    // A proxy may throw when it is asked even this.
    if (answer instanceof Promise) {
      answer.then(
        (value: unknown) => respond(server, host, context, value),
        // One promise less than to have the handler's rejection dealt with first.
        (error: unknown) => respondWithError(server, host, context, error),
      );
      return;
    }
    if (context.responded) {
      discard(answer);
      return;
    }
    if (answer instanceof PreparedResponse) respondPrepared(host, context, answer);
    else if (!sendResponse(server, host, context, answer)) return;
  } catch (error) {
    respondWithError(server, host, context, error);
    return;
  }
  host.finish(context);
}

/**
 * @returns false if the response goes on, as a stream
 * @throws what makes the response one that cannot be sent; nothing has been written then
 */
function sendResponse(
  server: HttpHost,
  host: ResponseHost,
  context: RequestContext,
  answer: unknown,
): boolean {
  if (answer instanceof FileResponse) return respondFile(server, host, context, answer);
  const opened = openResponse(answer);
  if (opened instanceof FileContent) {
    return respondFile(server, host, context, FileResponse.open(opened, true));
  }
  if (opened === null) {
    logError(new TypeError(`A handler must return a Response, and not ${describeValue(answer)}`));
    sendWhole(host, context, { status: 204 }, null);
    return true;
  }
  const { content } = opened;
  if (!(content instanceof ReadableStream)) {
    sendWhole(host, context, headFor(context.head.method, opened, content), content);
    return true;
  }
  const withHead = context.cookies === null ? opened : { ...opened, head: context.finishHead(opened.head) };
  const look = server.settings.development && responseParts(answer) === null ? warnOfContent : null;
  awaitSending(server, host, context, sendStream(host, context, withHead, content, look));
  return false;
}

function warnOfContent(content: Uint8Array): void {
  const advice = adviceForContent(content);
  if (advice !== null) console.warn(advice);
}

/** As `sendResponse`. */
function respondFile(
  server: HttpHost,
  host: ResponseHost,
  context: RequestContext,
  response: FileResponse,
): boolean {
  const sending = sendFile(host, context, response);
  if (sending !== null) awaitSending(server, host, context, sending);
  return sending === null;
}

/** The response takes more than this turn: the request counts as responded to, and the end of the sending is awaited. */
function awaitSending(
  server: HttpHost,
  host: ResponseHost,
  context: RequestContext,
  sending: Promise<boolean>,
): void {
  context.responded = true;
  sending.then(
    (complete) => {
      if (complete) host.finish(context);
    },
    (error: unknown) => {
      // What ended the connection, or refused the request whose content was to be sent back, has been dealt with there.
      if (isOver(host, context)) return;
      if (host.http.responseState === "pending") {
        context.responded = false;
        respondWithError(server, host, context, error);
        return;
      }
      logError(error);
      host.abort();
    },
  );
}

function respondPrepared(host: ResponseHost, context: RequestContext, prepared: PreparedResponse): void {
  const unsent = prepared instanceof StaticResponse ? prepared.unsent(context.head) : null;
  if (unsent === null) {
    sendWhole(host, context, headFor(context.head.method, prepared, prepared.content), prepared.content);
  } else sendWhole(host, context, unsent, "");
}

function sendWhole(
  host: ResponseHost,
  context: RequestContext,
  head: OutgoingResponse,
  content: string | Uint8Array | null,
): void {
  // What is too long to be waited for makes this the last response, which has to say so.
  if (context.body?.tooLongToDiscard === true) host.http.doNotPersist();
  host.http.respond(context.finishHead(head), content);
}

function respondWithError(
  server: HttpHost,
  host: ResponseHost,
  context: RequestContext,
  error: unknown,
): void {
  if (context.failed) {
    // The error's own response could not be sent either; another one would fare no better.
    logError(error);
    host.refuseAndClose(500);
    return;
  }
  respond(server, host, context, server.handleError(error, context));
}

/** The client is gone, or has been answered otherwise: the source of the response's stream must hear of it. */
function discard(answer: unknown): void {
  if (answer instanceof FileResponse) {
    answer.file.close();
    return;
  }
  try {
    const opened = openResponse(answer);
    const content = opened instanceof FileContent ? null : opened?.content;
    if (content instanceof ReadableStream) cancelStream(content, closedError());
  } catch {
    // It could not have been sent.
  }
}
