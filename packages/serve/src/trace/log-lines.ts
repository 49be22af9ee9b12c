import { turnEnd } from "../socket/turn-end.ts";

let lines: string[] = [];

/** Writes a line to the standard output. The lines of a turn of the event loop are written together, at its end or at that of the process. */
export function writeLine(line: string): void {
  if (lines.length === 0) turnEnd.run(flush);
  lines.push(line);
}

/** `console.log` ignores the errors of an output that is closed, which would else end the process. Its one argument is no format. */
function flush(): void {
  const text = lines.join("\n");
  lines = [];
  // biome-ignore lint/suspicious/noConsole: the standard output is the place of an access log
  console.log(text);
}
