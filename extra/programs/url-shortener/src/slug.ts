import { customAlphabet } from "nanoid";

const length = parseInt(process.env.SLUG_LENGTH ?? "6", 10);

export const makeSlug = customAlphabet("23456789abcdefghjkmnpqrstuvwxyz", length);

export function isSlug(text: string) {
  return /^[\w-]{2,32}$/.test(text);
}
