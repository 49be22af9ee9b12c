/** A response that was made here shows where it is from. */
export function withOrigin(
  response: Response,
  { url, redirected }: Pick<Response, "url" | "redirected">,
): Response {
  return Object.defineProperties(response, {
    url: { value: url, configurable: true },
    redirected: { value: redirected, configurable: true },
  });
}
