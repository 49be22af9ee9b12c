import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

export interface SourceLine {
  readonly number: number;
  readonly text: string;
}

/** Larger files are bundles: their lines tell nobody anything. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_LINE_LENGTH = 300;
const LINES_BEFORE = 5;
const LINES_BEHIND = 4;

/**
 * The lines around one of a source file, read from disk now; empty if it cannot be read, is too large, or has no such
 * line. Never throws, and never waits: for a named pipe neither.
 */
export function sourceExcerpt(file: string, line: number): SourceLine[] {
  let lines: string[];
  try {
    lines = readLines(file);
  } catch {
    return [];
  }
  if (line < 1 || line > lines.length) return [];
  const first = Math.max(1, line - LINES_BEFORE);
  return lines
    .slice(first - 1, line + LINES_BEHIND)
    .map((text, i) => ({ number: first + i, text: text.slice(0, MAX_LINE_LENGTH) }));
}

function readLines(file: string): string[] {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > MAX_FILE_BYTES) return [];
    return readFileSync(descriptor, "utf8").split(/\r?\n/);
  } finally {
    closeSync(descriptor);
  }
}
