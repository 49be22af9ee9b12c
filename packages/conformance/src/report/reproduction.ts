import type { Exchange } from "../exchange/exchange.ts";
import type { Target } from "../target/target.ts";

/**
 * A command for a shell that sends the bytes of an exchange, and shows what comes back; null if there is none: the bytes of a WebSocket
 * depend on the key of the client that is examined.
 */
export function reproduction(exchange: Exchange, { address, tls, isClient }: Target): string | null {
  const { pieces, halfClose, upgrade } = exchange;
  if (isClient && upgrade !== undefined) return null;
  const prints = pieces.map(({ bytes }) => `printf '${forPrintf(bytes)}'`);
  // Most versions of nc close the connection, or at least their side, when their input ends.
  const whole = halfClose ? prints : [...prints, "sleep 2"];
  const input =
    whole.length === 1
      ? whole[0]!
      : `(${whole.join("; sleep 0.1; ").replace("; sleep 0.1; sleep 2", "; sleep 2")})`;
  if (isClient)
    return `${input} | nc -l ${halfClose ? "-N " : ""}127.0.0.1 3000 (for a request of http://127.0.0.1:3000/)`;
  return `${input} | ${client(address, tls, halfClose)}`;
}

function client(address: Target["address"], tls: boolean, halfClose: boolean): string {
  if ("path" in address) return `nc -U ${quoted(address.path)}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  if (tls) return `openssl s_client -quiet -connect ${host}:${address.port}`;
  return `nc ${halfClose ? "-N " : ""}${address.host} ${address.port}`;
}

const quoted = (text: string) => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** The format of POSIX's printf: octal escapes, doubled percent signs, no quote. A long run of one byte is made by another one. */
function forPrintf(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => {
    if (byte === 0x0d) return "\\r";
    if (byte === 0x0a) return "\\n";
    if (byte === 0x5c) return "\\\\";
    if (byte === 0x25) return "%%";
    if (byte === 0x27 || byte < 0x20 || byte > 0x7e) return `\\${byte.toString(8).padStart(3, "0")}`;
    return String.fromCharCode(byte);
  });
  return shortened(text);
}

/** More than any command line wants of one byte. */
const LONG = 500;

function shortened(text: readonly string[]): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = at + 1;
    while (end < text.length && text[end] === text[at]) end++;
    const count = end - at;
    if (count > LONG) parts.push(`'; head -c ${count} /dev/zero | tr '\\0' '${text[at]}'; printf '`);
    else parts.push(text.slice(at, end).join(""));
    at = end;
  }
  // What begins with it would be an option of printf.
  return parts.join("").replace(/^-/, "\\055").replaceAll("printf '-", "printf '\\055");
}
