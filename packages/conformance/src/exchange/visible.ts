/** Bytes as text in double quotes, each that is not visible ASCII as an escape: what JavaScript, C and Python read alike. */
export function visible(bytes: Uint8Array): string {
  return `"${Array.from(bytes, escaped).join("")}"`;
}

function escaped(byte: number): string {
  switch (byte) {
    case 0x0d:
      return "\\r";
    case 0x0a:
      return "\\n";
    case 0x09:
      return "\\t";
    case 0x22:
      return '\\"';
    case 0x5c:
      return "\\\\";
    default:
      return byte >= 0x20 && byte <= 0x7e
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
}

/** Lines of text that end where the bytes have an LF, so that heads can be read. */
export function visibleLines(bytes: Uint8Array, most: number): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0x0a && at + 1 < bytes.length && at + 1 - start < 200) continue;
    lines.push(visible(bytes.subarray(start, at + 1)).slice(1, -1));
    start = at + 1;
    if (lines.length === most && start < bytes.length) {
      lines.push(`… ${bytes.length - start} more bytes`);
      break;
    }
  }
  return lines;
}

/** Offset, sixteen bytes, and their text, as hexdump -C has them. */
export function hexLines(bytes: Uint8Array, most: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length && lines.length < most; at += 16) {
    const row = Array.from(bytes.subarray(at, at + 16));
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = row.map((byte) => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(47)}  ${text}`);
  }
  const shown = most * 16;
  if (bytes.length > shown) lines.push(`… ${bytes.length - shown} more bytes`);
  return lines;
}
