/** Texts cut between what a reader takes for characters. */

const segmenter = new Intl.Segmenter();

/** Node.js 20 takes a time for each grapheme that grows with the text: 100 KB in one piece would be half a minute. */
const PIECE = 1000;

/** Pieces of about 1,000 code units, none of which ends within a grapheme. A longer grapheme is a piece of its own. */
export function* piecesOf(text: string): Generator<string> {
  let size = PIECE;
  for (let start = 0; start < text.length; ) {
    const window = text.slice(start, endOf(text, start + size));
    const isLast = start + window.length === text.length;
    // The last grapheme of the window may go on behind it.
    const length = isLast ? window.length : lastBoundary(window);
    size = length === 0 ? 2 * size : PIECE;
    if (length > 0) yield window.slice(0, length);
    start += length;
  }
}

export function* graphemesOf(text: string): Generator<string> {
  for (const piece of piecesOf(text)) for (const { segment } of segmenter.segment(piece)) yield segment;
}

/** Not between the halves of a surrogate pair. */
function endOf(text: string, at: number): number {
  return text.codePointAt(at - 1)! > 0xffff ? at + 1 : at;
}

/** Where the last grapheme begins. */
function lastBoundary(text: string): number {
  let last = 0;
  for (const { index } of segmenter.segment(text)) last = index;
  return last;
}
