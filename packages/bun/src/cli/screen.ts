/** Clears a terminal with its history, as Bun does before it runs a program again. Without a terminal it does nothing. */
export function clearScreen(): void {
  if (process.stdout.isTTY) process.stdout.write("\x1b[2J\x1b[3J\x1b[H");
}
