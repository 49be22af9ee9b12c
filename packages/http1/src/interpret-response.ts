import { ProtocolError } from "./errors.ts";
import type { IncomingResponse, InterimResponse } from "./events.ts";
import { keepsAlive, type ResponseFraming, responseFraming } from "./framing.ts";
import type { FramingFields } from "./framing-fields.ts";
import { listMembers } from "./grammar.ts";
import type { OutgoingRequest } from "./outgoing-request.ts";
import type { ParsedResponse } from "./parse-response.ts";

/** A request that was sent, with the properties that decide the meaning of its responses. */
export interface SentRequest {
  readonly request: OutgoingRequest;
  /** The protocols that it offered, lower case. */
  readonly upgrade: readonly string[];
  /** How many bytes had come when it was sent. A response cannot begin among them (RFC 9112 §9.2). */
  readonly sentAt: number;
}

const NO_CONTENT: ResponseFraming = { framing: "none", length: 0, transferCodings: [] };

/** Whether another protocol follows the head: RFC 9112 §6.3 step 2, RFC 9110 §7.8. */
export function switchesProtocol(method: string, status: number): boolean {
  return status === 101 || opensTunnel(method, status);
}

function opensTunnel(method: string, status: number): boolean {
  return method === "CONNECT" && status >= 200 && status <= 299;
}

/**
 * Interprets a response head as the response to `sent`.
 *
 * @param requestEnded the whole request has been sent
 * @throws ProtocolError for ambiguous framing, and for a switch to a protocol that was not offered
 */
export function interpretResponse(
  head: ParsedResponse,
  sent: SentRequest,
  requestEnded: boolean,
  bodyLimit: number,
): IncomingResponse | InterimResponse {
  const { status, reason, minor, fields, framingFields } = head;
  const { request } = sent;
  if (status === 101) checkSwitch(framingFields, sent, requestEnded);
  // RFC 9112 §6.3, step 1: an interim response ends with its head, whatever its framing fields.
  else if (status >= 100 && status <= 199) return { type: "interim", status, reason, minor, fields, request };
  const { framing, length, transferCodings } = endsWithHead(request.method, status)
    ? NO_CONTENT
    : responseFraming(framingFields, minor, bodyLimit);
  const options = listMembers(framingFields.connection ?? "");
  return {
    type: "response",
    status,
    reason,
    minor,
    fields,
    request,
    framing,
    length,
    transferCodings,
    keepAlive: framing !== "until-close" && keepsAlive(options, minor),
  };
}

/** Steps 1 and 2. A status below 100 is invalid and counts as a 5xx, so it is not interim. */
function endsWithHead(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304 || switchesProtocol(method, status);
}

/** RFC 9110 §7.8: the protocol must have been offered, Upgrade must name it, and the whole request must have been sent. */
function checkSwitch(fields: FramingFields, { upgrade }: SentRequest, requestEnded: boolean): void {
  const chosen = listMembers(fields.upgrade ?? "");
  const allowed =
    requestEnded &&
    chosen.length > 0 &&
    chosen.every((protocol) => upgrade.includes(protocol)) &&
    listMembers(fields.connection ?? "").includes("upgrade");
  if (!allowed) throw new ProtocolError("UPGRADE_UNEXPECTED");
}
