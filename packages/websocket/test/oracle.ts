/**
 * RFC 6455 as slowly and plainly as it can be written: one function over all the bytes that one side has sent, which returns
 * the events of the other, in the notation of `plain()` in support.ts. It shares no code with `src/`.
 */
export function listen(masked: boolean, bytes: Uint8Array, maxBytes: number, maxEmpty: number): string[] {
  const received: string[] = [];
  let at = 0;
  let message: { isText: boolean; bytes: number[]; empty: number } | null = null;

  while (true) {
    const left = bytes.length - at;
    if (left < 2) return received;
    const bits = [...bytes.subarray(at, at + 2)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
    const fin = bits[0] === "1";
    const opcode = Number.parseInt(bits.slice(4, 8), 2);
    const isControl = opcode >= 8;
    let length = BigInt(`0b${bits.slice(9)}`);
    if (bits.slice(1, 4) !== "000") return [...received, "error RESERVED_BITS"];
    if (![0, 1, 2, 8, 9, 10].includes(opcode)) return [...received, "error RESERVED_OPCODE"];
    if (isControl && !fin) return [...received, "error CONTROL_FRAGMENTED"];
    if (isControl && length > 125n) return [...received, "error CONTROL_TOO_LONG"];
    if (bits[8] === "1" && !masked) return [...received, "error MASK_FORBIDDEN"];
    if (bits[8] === "0" && masked) return [...received, "error MASK_MISSING"];

    let header = 2;
    if (length >= 126n) {
      const size = length === 126n ? 2 : 8;
      if (left < header + size) return received;
      length = BigInt(`0x${Buffer.from(bytes.subarray(at + 2, at + 2 + size)).toString("hex")}`);
      header += size;
      if (length >= 2n ** 63n) return [...received, "error LENGTH_HIGH_BIT"];
      if (length < (size === 2 ? 126n : 65536n)) return [...received, "error LENGTH_NOT_MINIMAL"];
    }
    if (length > BigInt(maxBytes)) return [...received, "error FRAME_TOO_BIG"];
    const key = masked ? bytes.subarray(at + header, at + header + 4) : new Uint8Array(4);
    if (masked) header += 4;
    if (left < header) return received;
    const payload = [...bytes.subarray(at + header, at + header + Number(length))].map(
      (byte, i) => byte ^ key[i % 4]!,
    );
    const isWhole = payload.length === Number(length);

    if (isControl) {
      if (!isWhole) return received;
      if (opcode === 8) return [...received, closing(payload)];
      received.push(`${opcode === 9 ? "ping" : "pong"} ${Buffer.from(payload).toString("hex")}`);
    } else {
      if (opcode === 0 && message === null) return [...received, "error CONTINUATION_WITHOUT_START"];
      if (opcode !== 0 && message !== null) return [...received, "error MESSAGE_INTERRUPTED"];
      const first = message === null;
      message ??= { isText: opcode === 1, bytes: [], empty: 0 };
      if (BigInt(message.bytes.length) + length > BigInt(maxBytes))
        return [...received, "error MESSAGE_TOO_BIG"];
      if (length === 0n && !(first && fin)) message.empty += 1;
      if (message.empty > maxEmpty) return [...received, "error TOO_MANY_EMPTY_FRAGMENTS"];
      message.bytes.push(...payload);
      const ends = isWhole && fin;
      if (message.isText && !(ends ? isText(message.bytes) : mayBecomeText(message.bytes))) {
        return [...received, "error TEXT_UTF8"];
      }
      if (!isWhole) return received;
      if (ends) {
        const data = Buffer.from(message.bytes);
        received.push(
          message.isText ? `text ${JSON.stringify(decode(data))}` : `binary ${data.toString("hex")}`,
        );
        message = null;
      }
    }
    at += header + Number(length);
  }
}

function closing(payload: number[]): string {
  if (payload.length === 0) return 'close 1005 ""';
  if (payload.length === 1) return "error CLOSE_PAYLOAD";
  const code = payload[0]! * 256 + payload[1]!;
  const assigned = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
  if (!assigned.includes(code) && !(code >= 3000 && code < 5000)) return "error CLOSE_CODE";
  const reason = payload.slice(2);
  if (!isText(reason)) return "error CLOSE_REASON_UTF8";
  return `close ${code} ${JSON.stringify(decode(Buffer.from(reason)))}`;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Whether `bytes` are UTF-8. */
export function isText(bytes: readonly number[]): boolean {
  try {
    decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

/** Whether there is anything that would make `bytes` a text: up to three continuation bytes, low or high in their range. */
export function mayBecomeText(bytes: readonly number[]): boolean {
  const endings: number[][] = [[]];
  for (const ending of endings) {
    if (isText([...bytes, ...ending])) return true;
    if (ending.length < 3) endings.push([...ending, 0x80], [...ending, 0xa0]);
  }
  return false;
}
