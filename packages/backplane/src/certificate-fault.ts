/**
 * What is wrong with the certificate of a server, and what to do; null for another error. The texts are those of Node.js and OpenSSL.
 * @param where host and port
 * @param engine the call whose options are to be changed, as `valkey()`
 * @param address what names the server there, as `the URL of valkey()`
 */
export function certificateFault(
  message: string,
  where: string,
  engine: string,
  address: string,
): string | null {
  if (!/certificate/i.test(message)) return null;
  if (/does not match certificate/i.test(message)) {
    return `the certificate of ${where} is for other names: write one of them in ${address} (${message})`;
  }
  if (/expired|not yet valid/i.test(message)) {
    return `the certificate of ${where} is not valid at this time: renew it, or set the clock of this machine (${message})`;
  }
  return `the certificate of ${where} is not trusted: give ${engine} its authority, as tls: { ca } (${message})`;
}
