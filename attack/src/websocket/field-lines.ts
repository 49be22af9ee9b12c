/** Field lines of a list: name, value, name, value … */
export function fieldLines(list: readonly string[]): string {
  let lines = "";
  for (let i = 0; i < list.length; i += 2) lines += `${list[i]}: ${list[i + 1]}\r\n`;
  return lines;
}
