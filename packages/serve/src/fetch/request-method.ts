const NORMALIZED: ReadonlySet<string> = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);

/**
 * The method that a handler's request has: the platform's `Request` makes six of them upper-case (Fetch standard, "normalize a
 * method"). On the wire and in routes `get` is another method than `GET` (RFC 9110 §9.1).
 */
export function normalizeMethod(method: string): string {
  // Nearly all requests have one of these.
  if (method === "GET" || method === "POST") return method;
  const upper = method.toUpperCase();
  return NORMALIZED.has(upper) ? upper : method;
}
