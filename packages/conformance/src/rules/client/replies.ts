import { Buffer } from "node:buffer";
import type { Trial } from "../../exchange/exchange.ts";
import { SECOND } from "../../exchange/run-reply.ts";
import type { ClientRule } from "./judges.ts";

interface ReplyOptions {
  readonly content?: string | Uint8Array;
  /** The connection stays open behind the bytes. */
  readonly staysOpen?: boolean;
  readonly method?: "GET" | "HEAD";
  /** The client requests a second URL. */
  readonly second?: boolean;
  /** Where the bytes are cut into packets. */
  readonly cuts?: readonly number[];
}

/** A reply, and the content that a client reads in it. */
export function reply(
  bytes: string | Uint8Array,
  { content = "", staysOpen = false, method = "GET", second = false, cuts = [] }: ReplyOptions = {},
): Trial {
  const all = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : Buffer.from(bytes);
  const ends = [...new Set(cuts)].filter((at) => at > 0 && at < all.length).sort((a, b) => a - b);
  const own = typeof content === "string" ? Buffer.from(content, "latin1") : content;
  return {
    exchanges: [
      {
        pieces: [...ends, all.length].map((end, i, list) => ({
          bytes: all.subarray(i === 0 ? 0 : list[i - 1]!, end),
          after: "turn" as const,
        })),
        methods: second ? [method, "GET"] : [method],
        until: "closed",
        halfClose: !staysOpen,
        contents: second ? [own, Buffer.from(SECOND)] : [own],
      },
    ],
  };
}

/** A status line. */
export const OK = "HTTP/1.1 200 OK\r\n";
/** A head of these field lines. */
export const head = (lines: readonly string[], status: string = OK): string =>
  `${status}${lines.map((line) => `${line}\r\n`).join("")}\r\n`;
/** To clients of HTTP. */
export const applies: NonNullable<ClientRule["applies"]> = ({ noHTTP }) => noHTTP;
