/** The address of one end of a connection. */
export interface SocketAddress {
  /** IPv4 or IPv6, without brackets. A listener for both shows an IPv4 client as `::ffff:a.b.c.d`. */
  address: string;
  /** 1 to 65535; 0 for a client of a proxy that does not tell it. */
  port: number;
  family: "IPv4" | "IPv6";
}

/** The options of a server on a network address. */
export interface NetworkOptions {
  /**
   * 0 to 65535, as a number or in digits; 0 for any free port.
   * Default: the environment variable `BUN_PORT`, `PORT` or `NODE_PORT`, the first that is not empty; else 3000.
   */
  port?: number | string;
  /** An IP address, or a name, which is resolved when the server starts. Default: all addresses of the machine, IPv6 and IPv4. */
  hostname?: string;
  /**
   * Seconds without a byte from or to the client before its connection is closed: an integer from 0 (never) to 255. Default 10.
   * For WebSockets see `WebSocketHandler.idleTimeout`.
   */
  idleTimeout?: number;
  /**
   * Lets several processes listen on the port and share its connections. Default false. It needs Node.js 22.12 or 23.1, and Linux or
   * BSD; elsewhere only the first process can listen.
   */
  reusePort?: boolean;
  /** Leaves the IPv4 addresses to other servers, for a server on all addresses. Default false. */
  ipv6Only?: boolean;
  unix?: never;
}

/** The options of a server on a Unix domain socket. */
export interface UnixOptions {
  /** The path of the socket. A leading NUL makes it a name in Linux's abstract namespace. */
  unix?: string;
  port?: never;
  hostname?: never;
  /** The same as of a network address. */
  idleTimeout?: number;
}

/** PEM (RFC 7468): text, bytes, or a `file()`. Its content, not its path. Another Blob cannot be read synchronously: TypeError. */
export type PEM = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer | Blob;

/**
 * A certificate with its key, and the requirements on clients' certificates, after Bun's `TLSOptions`. An option of another name is a
 * TypeError; a file that cannot be read is an Error with the system's `code`; an invalid key or certificate is OpenSSL's error.
 */
export interface TLSOptions {
  /** The private key. It turns TLS on, and needs `cert`. */
  key?: PEM | readonly PEM[] | undefined;
  /** The certificate, and then those of its chain. */
  cert?: PEM | readonly PEM[] | undefined;
  /** The authorities for the certificates of clients, in place of the well-known ones. */
  ca?: PEM | readonly PEM[] | undefined;
  /** Lists of revoked certificates. */
  crl?: PEM | readonly PEM[] | undefined;
  /** The passphrase of an encrypted key. */
  passphrase?: string;
  /** The path of Diffie-Hellman parameters in PEM. */
  dhParamsFile?: string;
  /**
   * The name of the entry, if there are several: clients ask for it (RFC 6066 §3). A `*` stands for one label. Of two entries with
   * one name the later is used, as in Bun.
   */
  serverName?: string;
  /** The same, as `node:tls` spells it. */
  servername?: string;
  /**
   * Asks clients for a certificate, and refuses those without a valid one. Default false. Each entry decides for its own name: a
   * request for its name over a connection for another name gets 421 (RFC 9110 §15.5.20).
   */
  requestCert?: boolean;
  /** False accepts clients without a valid certificate: see `Server.peerCertificate`. Default true. */
  rejectUnauthorized?: boolean;
  /** OpenSSL's list of ciphers. */
  ciphers?: string;
  /** OpenSSL's `SSL_OP_*` flags, an integer. */
  secureOptions?: number | undefined;
  /** No effect: Node.js always releases empty buffers. */
  lowMemoryMode?: boolean;
  /** No effect: the server offers `http/1.1` (RFC 7301). */
  ALPNProtocols?: string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer;
  /**
   * 0 forbids renegotiation (TLS 1.2). Other numbers have no effect: Node.js has one limit for the process,
   * `tls.CLIENT_RENEG_LIMIT` of `node:tls`, which is 3.
   */
  clientRenegotiationLimit?: number;
  /** No effect: Node.js has one window for the process, `tls.CLIENT_RENEG_WINDOW` of `node:tls`, which is 600 seconds. */
  clientRenegotiationWindow?: number;
  /** @deprecated The path of the key; use `key: file(path)`. */
  keyFile?: string | undefined;
  /** @deprecated The path of the certificate chain; use `cert: file(path)`. */
  certFile?: string | undefined;
  /** @deprecated The path of the authorities; use `ca: file(path)`. */
  caFile?: string | undefined;
}
