import type { Server } from "@mantou/serve/plain";

/** Asks a server. */
export async function get(
  server: Server,
  path: string,
  init?: RequestInit,
): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(new URL(path, server.url), init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The URLs of scripts in a page. */
export const scripts = (html: string): string[] =>
  [...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map(([, url]) => url!);

/** The token that Vite's client has in its text, and the URL of the WebSocket. */
export async function hotPath(server: Server, page = "/"): Promise<{ base: string; path: string }> {
  const client = scripts((await get(server, page)).text).find((url) => url.endsWith("/@vite/client"))!;
  const { text } = await get(server, client);
  const base = client.slice(0, -"@vite/client".length);
  return { base, path: `${base}?token=${/wsToken = "([^"]+)"/.exec(text)![1]}` };
}

/** The subprotocol of Vite's client. */
export const HOT = "Sec-WebSocket-Protocol: vite-hmr";
