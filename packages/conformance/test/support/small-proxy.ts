import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { ClientConnection, ProtocolError, ServerConnection } from "@mantou/http1";

/** What is wrong with a proxy. Text is latin1: a character is a byte. */
export interface ProxyFault {
  /** Changes what the proxy reads, packet by packet. */
  readonly input?: (text: string) => string;
  /** Changes what it passes on, request by request. */
  readonly output?: (text: string) => string;
  /** Fields that Connection names are passed on. */
  readonly keepsHopFields?: boolean;
  /** Each response says close. */
  readonly closes?: boolean;
  /** Host is passed on as it came. */
  readonly keepsHost?: boolean;
}

export interface SmallProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** A strict proxy before `port`, with a fault planted in it or none. Each client has a connection of its own to the origin. */
export async function startProxy(port: number, fault: ProxyFault = {}): Promise<SmallProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const upstream = connect(port, "127.0.0.1");
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on("error", () => one.destroy());
      one.on("close", () => sockets.delete(one));
    }
    socket.on("close", () => upstream.destroy());
    upstream.on("close", () => socket.end());
    pass(socket, upstream, fault);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const HOP = /^(?:connection|content-length|transfer-encoding|keep-alive|te|trailer|upgrade|expect)$/i;

function pass(socket: Socket, upstream: Socket, fault: ProxyFault): void {
  const front = new ServerConnection(
    {
      text: (text) => void socket.write(text, "latin1"),
      bytes: (bytes) => void socket.write(Buffer.from(bytes)),
    },
    { date: () => new Date().toUTCString() },
  );
  let request: { method: string; target: string; fields: string[] } | null = null;
  let content: Buffer[] = [];
  const forward = () => {
    const { method, target, fields } = request!;
    let text = "";
    const back = new ClientConnection({
      text: (part) => {
        text += part;
      },
      bytes: (bytes) => {
        text += Buffer.from(bytes).toString("latin1");
      },
    });
    const body = Buffer.concat(content);
    back.request({ method, target, fields }, body.length === 0 ? null : body);
    upstream.write(fault.output?.(text) ?? text, "latin1");
    const chunks: Buffer[] = [];
    const heard = (bytes: Buffer) => {
      back.receive(bytes);
      for (let event = back.next(); event !== null; event = back.next()) {
        if (event.type === "data") chunks.push(Buffer.from(event.bytes));
        if (event.type !== "end") continue;
        upstream.off("data", heard);
        const own = fault.closes === true ? ["Connection", "close"] : [];
        front.respond({ status: 200, fields: own }, Buffer.concat(chunks));
        read();
        return;
      }
    };
    upstream.on("data", heard);
  };
  const read = () => {
    try {
      for (let event = front.next(); event !== null; event = front.next()) {
        if (event.type === "request") {
          front.sendContinue();
          const { method, target, fields } = event;
          request = { method, target: originForm(target), fields: forwarded(fields.list, target, fault) };
          content = [];
        }
        if (event.type === "data") content.push(Buffer.from(event.bytes));
        if (event.type === "end") forward();
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      if (front.responseState === "idle" || front.responseState === "pending") front.refuse(error.status);
    }
    if (front.waitingFor === "nothing") socket.end();
  };
  socket.on("data", (bytes: Buffer) => {
    front.receive(Buffer.from(fault.input?.(bytes.toString("latin1")) ?? bytes.toString("latin1"), "latin1"));
    read();
  });
  socket.on("end", () => {
    front.receiveEnd();
    read();
  });
}

const originForm = (target: string) => target.replace(/^https?:\/\/[^/?]*/i, "") || "/";

function forwarded(list: readonly string[], target: string, fault: ProxyFault): string[] {
  const named = list.filter((_, i) => i % 2 === 1 && /^connection$/i.test(list[i - 1]!)).join(",");
  const options = new Set(named.split(",").map((option) => option.trim().toLowerCase()));
  const authority = /^https?:\/\/([^/?]*)/i.exec(target)?.[1];
  const kept: string[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const [name, value] = [list[i]!, list[i + 1]!];
    if (HOP.test(name) || (options.has(name.toLowerCase()) && fault.keepsHopFields !== true)) continue;
    const isHost = /^host$/i.test(name) && authority !== undefined && fault.keepsHost !== true;
    kept.push(name, isHost ? authority : value);
  }
  return kept;
}
