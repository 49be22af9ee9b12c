export const lines: string[] = [];
export const log = (line: string) => void lines.push(`${lines.length + 1}: ${line}`);
