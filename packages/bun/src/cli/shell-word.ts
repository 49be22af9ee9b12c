/** The language of a shell: that of POSIX, that of Windows, and that of its batch files, which read their arguments once more. */
type Shell = "posix" | "windows" | "batch";

/** An argument as a word of the system's shell. */
export function shellWord(
  argument: string,
  shell: Shell = process.platform === "win32" ? "windows" : "posix",
): string {
  const isPlain = /^[\w@+:,./=-]+$/.test(shell === "posix" ? argument.replaceAll("%", "") : argument);
  if (isPlain) return argument;
  if (shell === "posix") return `"${argument.replace(/["$`\\]/g, "\\$&")}"`;
  // A program of Windows takes its command line apart: a quotation mark has a backslash in front, and backslashes in front of that are doubled.
  const quoted = `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\*)$/, "$1$1")}"`;
  const word = withCarets(quoted);
  return shell === "batch" ? withCarets(word) : word;
}

/** In quotation marks cmd.exe would still replace `%NAME%`. It takes any character behind a caret as it is. */
function withCarets(text: string): string {
  return text.replace(/[()%!^"<>&|;, *?]/g, "^$&");
}
