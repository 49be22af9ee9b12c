/** PEM: text, bytes, or a `file()`; no other Blob, since it is read at once. Its content, not its path. */
export type PEM = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer | Blob;

/** The certificate of a server, and what it asks of its clients'. */
export interface TLSOptions {
  /** The private key; with `cert` it turns TLS on. */
  key?: PEM | readonly PEM[] | undefined;
  /** The certificate chain. */
  cert?: PEM | readonly PEM[] | undefined;
  /** Trusted authorities, in place of the well-known ones: for the certificates of clients. */
  ca?: PEM | readonly PEM[] | undefined;
  /** Lists of revoked certificates. */
  crl?: PEM | readonly PEM[] | undefined;
  /** Of an encrypted key. */
  passphrase?: string;
  /** Path of Diffie-Hellman parameters in PEM. */
  dhParamsFile?: string;
  /** Whom the certificate is for, if there are several: as asked for by the client; `*` stands for one label. */
  serverName?: string;
  /** The same, as `node:tls` spells it. */
  servername?: string;
  /**
   * Clients are asked for a certificate, and refused without a valid one. Default false. Of several entries, each decides for its
   * own name; a request for it that comes over a connection of another name is answered 421.
   */
  requestCert?: boolean;
  /** False: they are not refused; see `Server.peerCertificate`. Default true. */
  rejectUnauthorized?: boolean;
  /** OpenSSL's list of ciphers. */
  ciphers?: string;
  /** OpenSSL's `SSL_OP_*` flags. */
  secureOptions?: number | undefined;
  /** No effect: Node.js always gives buffers back when they are empty. */
  lowMemoryMode?: boolean;
  /** No effect: HTTP/1.1 is what is offered. */
  ALPNProtocols?: string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer;
  /** 0 forbids renegotiation. Any other limit is the process's, `tls.CLIENT_RENEG_LIMIT` of `node:tls`. */
  clientRenegotiationLimit?: number;
  /** No effect: the process's, `tls.CLIENT_RENEG_WINDOW` of `node:tls`, is what counts. */
  clientRenegotiationWindow?: number;
  /** @deprecated Path of the key; use `key: file(path)`. */
  keyFile?: string | undefined;
  /** @deprecated Path of the certificate chain; use `cert: file(path)`. */
  certFile?: string | undefined;
  /** @deprecated Path of the authorities; use `ca: file(path)`. */
  caFile?: string | undefined;
}
