import { Buffer } from "node:buffer";
import { once } from "node:events";
import { until } from "@mantou/testing/wait";
import { WebSocket } from "ws";
import { afterEachTest } from "../../../../vitest.after-each.ts";

const open = new Set<WebSocket>();

afterEachTest(() => {
  for (const socket of open) socket.terminate();
  open.clear();
});

/** A client of the `ws` package that keeps what it gets. Gone after the test. */
export class WsClient {
  readonly socket: WebSocket;
  /** Text as strings, bytes as Buffers, pings and pongs with their names. */
  readonly messages: (string | Buffer)[] = [];
  readonly pings: string[] = [];
  readonly pongs: string[] = [];
  closed: { code: number; reason: string } | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer, isBinary: boolean) =>
      this.messages.push(isBinary ? Buffer.from(data) : data.toString()),
    );
    socket.on("ping", (data: Buffer) => this.pings.push(data.toString()));
    socket.on("pong", (data: Buffer) => this.pongs.push(data.toString()));
    socket.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on("error", () => {});
    open.add(socket);
  }

  /** Waits for `count` messages and takes them. */
  async take(count: number): Promise<(string | Buffer)[]> {
    await until(() => this.messages.length >= count, `${count} messages`);
    return this.messages.splice(0, count);
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    await until(() => this.closed !== null, "closed");
    return this.closed!;
  }
}

/** Opens a WebSocket to a server on the IPv4 loopback. */
export async function openWs(
  server: { readonly port: number | undefined },
  path = "/",
  options: ConstructorParameters<typeof WebSocket>[2] & { protocols?: string[] } = {},
): Promise<WsClient> {
  const { protocols = [], ...rest } = options;
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, protocols, {
    perMessageDeflate: false,
    ...rest,
  });
  const client = new WsClient(socket);
  await once(socket, "open");
  return client;
}
