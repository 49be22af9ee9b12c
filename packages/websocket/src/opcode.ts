/** Opcodes of RFC 6455 §5.2. They are plain numbers, read from and written to the low four bits of byte 0. */
export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const CLOSE = 0x8;
export const PING = 0x9;
export const PONG = 0xa;

/** The opcode of a data message's first frame. */
export type DataOpcode = typeof TEXT | typeof BINARY;

/** The opcode of a control frame. */
export type ControlOpcode = typeof CLOSE | typeof PING | typeof PONG;

/** Bytes that a control frame may have (§5.5). */
export const MAX_CONTROL_BYTES = 125;

/** Every opcode that RFC 6455 defines; the others are reserved and fail the connection (§5.2). */
export type Opcode = typeof CONTINUATION | DataOpcode | ControlOpcode;

/** Control opcodes are those with the high bit of the four set (§5.5), also the reserved 0xB-0xF. */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}

/** Whether RFC 6455 defines `opcode` (0-15): 0x3-0x7 and 0xB-0xF are reserved. */
export function isOpcode(opcode: number): opcode is Opcode {
  return (opcode & 0x7) <= (opcode & 0x8 ? 0x2 : BINARY);
}
