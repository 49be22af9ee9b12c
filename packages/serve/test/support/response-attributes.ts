/** Everything that can be seen of a response without reading it. */
export function attributes(response: globalThis.Response): Record<string, unknown> {
  const { status, statusText, ok, type, url, redirected, bodyUsed, body } = response;
  return { status, statusText, ok, type, url, redirected, bodyUsed, body, headers: [...response.headers] };
}

/** What a response has if nothing is said. */
export const defaultAttributes: Readonly<Record<string, unknown>> = {
  status: 200,
  statusText: "",
  ok: true,
  type: "default",
  url: "",
  redirected: false,
  bodyUsed: false,
  body: null,
  headers: [],
};
