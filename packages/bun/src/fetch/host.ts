/**
 * The `Host` that the headers of a call of `fetch` set; null if they set none. Node's own `fetch` drops it, and Bun sends it.
 */
export function hostOf(headers: RequestInit["headers"] | null): string | null {
  if (headers === undefined || headers === null) return null;
  if (headers instanceof Headers) return headers.get("host");
  const fields = Array.isArray(headers) ? headers : Object.entries(headers as Record<string, string>);
  const field = fields.find(([name]) => /^host$/i.test(String(name)));
  return field === undefined ? null : String(field[1]);
}
