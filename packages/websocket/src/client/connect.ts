import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Address } from "./address.ts";
import type { TlsOptions } from "./options.ts";

/**
 * Starts to connect. The socket sends what is written at once when it is connected. Its events report success and failure.
 *
 * @throws what `tls.connect` throws for options that cannot be used
 */
export function connect(address: Address, tls: TlsOptions): Socket {
  const { unixPath, host, port } = address;
  // The end of the server's side must not end ours: events of what was read before may not have been delivered yet.
  const to = { ...(unixPath === null ? { host, port } : { path: unixPath }), allowHalfOpen: true };
  const socket = address.secure ? connectTls({ ...tlsOptions(address, tls), ...to }) : connectTcp(to);
  socket.setNoDelay(true);
  return socket;
}

function tlsOptions(
  { unixPath, host }: Address,
  { serverName, checkServerIdentity: check, ...tls }: TlsOptions,
): TlsOptions {
  // RFC 6066 §3: the server name is a name, and not an address.
  const servername =
    tls.servername ?? serverName ?? (unixPath === null && isIP(host) === 0 ? host : undefined);
  return {
    ...tls,
    ...(servername === undefined ? {} : { servername }),
    // Node.js refuses undefined and null here.
    ...(check == null ? {} : { checkServerIdentity: refusing(check) }),
    // RFC 7301: RFC 6455 upgrades only HTTP/1.1.
    ALPNProtocols: ["http/1.1"],
  };
}

/**
 * The application's check of a certificate, in which each result but a falsy one is a refusal, and so is what it throws: `tls.connect`
 * would leave that to the process, and the connection would be open if the process went on.
 */
function refusing(
  check: NonNullable<TlsOptions["checkServerIdentity"]>,
): NonNullable<TlsOptions["checkServerIdentity"]> {
  return (host, certificate) => {
    let result: unknown;
    try {
      result = check(host, certificate);
    } catch (error) {
      return asError(error);
    }
    return result ? asError(result) : undefined;
  };
}

function asError(refusal: unknown): Error {
  return refusal instanceof Error ? refusal : new Error("checkServerIdentity refused the certificate");
}
