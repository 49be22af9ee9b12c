/** Topics that stand in a header as they are. */
const PLAIN = /^[!#-~][!-~]*$/;

/** A topic as it stands in a header: a JSON string in visible ASCII, unless it is of such characters and begins with no quotation mark. */
export function formatTopic(topic: string): string {
  if (PLAIN.test(topic)) return topic;
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  // Without the flag u: each half of a surrogate pair has an escape of its own.
  return JSON.stringify(topic).replaceAll(/[^!-~]/g, escaped);
}

/** @returns null for what `formatTopic` never returns, except that other characters may be escaped, too */
export function parseTopic(text: string): string | null {
  if (PLAIN.test(text)) return text;
  if (!/^"[!-~]*"$/.test(text)) return null;
  try {
    const topic: unknown = JSON.parse(text);
    return typeof topic === "string" ? topic : null;
  } catch {
    return null;
  }
}
