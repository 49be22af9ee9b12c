import { Buffer } from "node:buffer";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEachTest } from "../../../../vitest.after-each.ts";

const upstreams = new Set<http.Server>();

afterEachTest(() => {
  for (const upstream of upstreams) upstream.close().closeAllConnections();
  upstreams.clear();
});

/** Another server, Node.js's own, that requests are passed on to. */
export async function upstream(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler);
  upstreams.add(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** From now on no server listens there. */
export async function closeUpstreams(): Promise<void> {
  await Promise.all([...upstreams].map((server) => new Promise((resolve) => server.close(resolve))));
}

/** All of a message's content, as text. */
export async function contentOf(message: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
