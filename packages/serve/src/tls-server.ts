import tls from "node:tls";
import { normalName, type ResolvedTLS } from "./tls-options.ts";

/** Seconds for a handshake if `idleTimeout` is off. Node.js gives two minutes, which only serves those who want none. */
const HANDSHAKE_SECONDS = 60;

/** Which certificate a client gets, by the name that it asks for (RFC 6066 §3). */
class Certificates {
  #byName: Map<string, tls.SecureContext> = new Map();

  /** @throws what OpenSSL makes of keys and certificates that are none; then nothing has changed */
  replace({ certificates }: ResolvedTLS): void {
    const byName = new Map<string, tls.SecureContext>();
    for (const { serverName, context } of certificates) {
      if (serverName !== null) byName.set(serverName, tls.createSecureContext(context));
    }
    this.#byName = byName;
  }

  /** A `*` stands for one label. Undefined: nobody has that name. */
  find(name: string): tls.SecureContext | undefined {
    const normal = normalName(name);
    return this.#byName.get(normal) ?? this.#byName.get(`*${normal.slice(normal.indexOf("."))}`);
  }
}

/** A server that listens for nothing yet, and takes other certificates while it runs. */
export interface TLSServer {
  readonly server: tls.Server;
  /**
   * Other certificates for handshakes from now on; whether clients must have one stays as it was.
   * @throws what OpenSSL makes of keys and certificates that are none; then nothing has changed
   */
  rotate(options: ResolvedTLS): void;
}

/** @throws what OpenSSL makes of keys and certificates that are none */
export function createTLSServer(options: ResolvedTLS, idleTimeout: number): TLSServer {
  const certificates = new Certificates();
  certificates.replace(options);
  const server = tls.createServer({
    ...options.certificates[0]!.context,
    SNICallback: (name, done) => done(null, certificates.find(name)),
    requestCert: options.requestCert,
    rejectUnauthorized: options.rejectUnauthorized,
    noDelay: true,
    // Not half open: `node:tls` would not even notice that a client went away before or during the handshake.
    allowHalfOpen: false,
    handshakeTimeout: (idleTimeout === 0 ? HANDSHAKE_SECONDS : idleTimeout) * 1000,
    ALPNProtocols: ["http/1.1"],
  });
  const rotate = (next: ResolvedTLS): void => {
    const fallback = next.certificates[0]!.context;
    // Made and thrown away: `setSecureContext` would leave the server half changed.
    tls.createSecureContext(fallback);
    certificates.replace(next);
    server.setSecureContext(fallback);
  };
  return { server, rotate };
}
