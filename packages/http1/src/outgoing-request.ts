import { UsageError } from "./errors.ts";
import { FieldBlock, type FieldList, Fields } from "./fields.ts";
import { absoluteFormAuthority, isHost, isToken, listMembers } from "./grammar.ts";
import { isRequestTarget } from "./request-target.ts";

/** The head of a request to send. */
export interface OutgoingRequest {
  /** Any token, case-sensitive (RFC 9110 §9.1). */
  readonly method: string;
  /** As it is sent, in the form for the method and the connection (RFC 9112 §3.2). */
  readonly target: string;
  /** A list, or the same prepared. Exactly one Host must be among them. */
  readonly fields: FieldBlock | FieldList;
}

/** A valid request, with the properties that decide the meaning of its response. */
export interface CheckedRequest {
  readonly block: FieldBlock;
  /** The offered protocols, lower case (RFC 9110 §7.8). */
  readonly upgrade: readonly string[];
  readonly expectsContinue: boolean;
}

const NONE: readonly string[] = [];

/** @throws UsageError for a request that a client must not send, or that HTTP cannot carry */
export function checkRequest(request: OutgoingRequest): CheckedRequest {
  const { method, target, fields } = request;
  if (!isToken(method)) throw new UsageError(`A method must be a token, not ${JSON.stringify(method)}`);
  if (!isRequestTarget(method, target)) {
    throw new UsageError(`${JSON.stringify(target)} is not a request target for ${method}`);
  }
  const block = fields instanceof FieldBlock ? fields : new FieldBlock(fields);
  const written = new Fields(block.text, 0, block.text.length);
  checkHost(written, target);
  const options = listMembers(written.get("connection") ?? "");
  const upgrade = written.get("upgrade");
  const te = written.get("te");
  // RFC 9110 §7.8 and §10.1.4: both are for the next recipient only, so the Connection field must name them.
  if (block.upgradeUnlisted) throw new UsageError("Upgrade needs Connection: upgrade beside it");
  if (te !== null && !options.includes("te")) throw new UsageError("TE needs Connection: TE beside it");
  // RFC 9112 §7.4: chunked is always acceptable, and must not be named.
  if (te !== null && listMembers(te).includes("chunked")) throw new UsageError("TE must not name chunked");
  const expectations = listMembers(written.get("expect") ?? "");
  return {
    block,
    upgrade: upgrade === null ? NONE : listMembers(upgrade),
    expectsContinue: expectations.includes("100-continue"),
  };
}

/** RFC 9112 §3.2: one Host, and if the target has an authority, the same. */
function checkHost(fields: Fields, target: string): void {
  let host: string | null = null;
  for (let i = 0; i < fields.list.length; i += 2) {
    if (fields.list[i]!.toLowerCase() !== "host") continue;
    if (host !== null) throw new UsageError("A request must not have more than one Host field");
    host = fields.list[i + 1]!;
  }
  if (host === null) throw new UsageError("A request needs a Host field");
  if (!isHost(host)) throw new UsageError(`${JSON.stringify(host)} is not a host with an optional port`);
  const authority = absoluteFormAuthority(target);
  if (authority !== null && authority !== host) {
    throw new UsageError(`The Host field must be ${authority}, as in the target, not ${host}`);
  }
}
