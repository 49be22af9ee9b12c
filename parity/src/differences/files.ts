import { at, both, content, type Difference, either, header, NOTHING, within } from "./difference.ts";

/** Differences of files and conditions; their rows stand in a section of their own. */
export const ofFiles: readonly Difference[] = [
  { what: "Range and HEAD", covers: at("files", "a range of HEAD and POST", "wire.0") },
  {
    what: "`Accept-Ranges` on a whole file",
    covers: header("accept-ranges", (ours, bun) => ours === "bytes" && bun === NOTHING),
  },
  {
    what: "`Last-Modified` and conditions for a file that a handler returns",
    covers: either(
      header("last-modified", (_ours, bun) => bun === NOTHING),
      at("files", "If-Modified-Since", "wire.4", "wire.6"),
    ),
  },
  {
    what: '`Content-Disposition: filename="…"` for a file that a handler returns',
    covers: both(
      within("files", ""),
      header("content-disposition", (ours) => ours === NOTHING),
    ),
  },
  {
    what: "a handler's file that is missing, without `error`",
    covers: within("files", "a file that is missing, from a handler", "a directory in place of a file"),
  },
  {
    what: "`Content-Range` of a slice that a handler returns",
    covers: both(
      within("files", "a slice"),
      header("content-range", (ours) => /\/10$/.test(ours)),
    ),
  },
  {
    what: "`Content-Type` with 304 and 412",
    covers: both(
      either(within("files", ""), within("etags", "")),
      header("content-type", (ours) => ours === NOTHING),
    ),
  },
  { what: "entity tags without quotes", covers: at("etags", "If-None-Match", "wire.5") },
  {
    what: "416 for a handler's file",
    row: { bun: "without its type", mantou: "with it", why: "as in routes" },
    covers: both(within("files", "ranges that cannot be satisfied", "a range of an empty file"), content),
  },
  {
    what: "304 and 412 for a static response",
    row: { bun: "without Date", mantou: "with it", why: "RFC 9110 §6.6.1: MUST" },
    covers: both(
      within("etags", ""),
      header("date", (_ours, bun) => bun === NOTHING),
    ),
  },
];
