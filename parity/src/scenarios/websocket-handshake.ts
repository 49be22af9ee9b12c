import { HANDSHAKE, request } from "../client.ts";
import { AreaBuilder, type Kit } from "../scenario.ts";

const upgrade = ({ note }: Kit) => ({
  fetch: (req: Request, server: { upgrade(request: Request): boolean }) => {
    const upgraded = server.upgrade(req);
    note(upgraded);
    return upgraded ? undefined : new Response("no", { status: 400 });
  },
  websocket: { message() {} },
});

/** The fields of a valid handshake, with one of them changed or left out. */
const changed = (name: string, value?: string) =>
  HANDSHAKE.filter((field) => !field.startsWith(`${name}:`)).concat(
    value === undefined ? [] : [`${name}: ${value}`],
  );

const refused: Record<string, readonly string[]> = {
  "no key": changed("Sec-WebSocket-Key"),
  "a key that is too short": changed("Sec-WebSocket-Key", "AAAA"),
  "a key that is no base64": changed("Sec-WebSocket-Key", "!!!!!!!!!!!!!!!!!!!!!!!!"),
  "no version": changed("Sec-WebSocket-Version"),
  "another version": changed("Sec-WebSocket-Version", "8"),
  "no Upgrade": changed("Upgrade"),
  "another protocol": changed("Upgrade", "h2c"),
  "no Connection": changed("Connection"),
  "Connection: keep-alive": changed("Connection", "keep-alive"),
};

export const handshakes: AreaBuilder = new AreaBuilder("websocket handshake")
  .add("accepted", upgrade, async (c) => {
    await c.websocket();
  })
  .add("accepted in any case, among other values", upgrade, async (c) => {
    await c.ask("GET /", ["upgrade: WebSocket", "connection: keep-alive, upgrade", ...HANDSHAKE.slice(2)]);
  });

for (const [name, fields] of Object.entries(refused)) {
  handshakes.add(`refused: ${name}`, upgrade, async (c) => c.ask("GET /", fields));
}

handshakes
  .add("refused: POST", upgrade, async (c) => c.ask("POST /", [...HANDSHAKE, "Content-Length: 0"]))
  .add("refused: HTTP/1.0", upgrade, async (c) => {
    await c.connect().write(request("GET /", HANDSHAKE).replace("HTTP/1.1", "HTTP/1.0")).response();
  })
  .add(
    "not upgraded by the handler",
    () => ({ fetch: () => new Response("plain"), websocket: { message() {} } }),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /", HANDSHAKE);
      await http.ask("GET /");
    },
  )
  .add("the first subprotocol is agreed to", upgrade, async (c) => {
    await c.websocket("/", ["Sec-WebSocket-Protocol: chat, superchat"]);
    await c.websocket("/", ["Sec-WebSocket-Protocol: one"]);
  })
  .add(
    "a subprotocol that the handler chooses",
    () => ({
      fetch(req, server) {
        server.upgrade(req, { headers: { "Sec-WebSocket-Protocol": "superchat" } });
      },
      websocket: { message() {} },
    }),
    async (c) => {
      await c.websocket("/", ["Sec-WebSocket-Protocol: chat, superchat"]);
    },
  )
  .add("an unknown extension", upgrade, async (c) => {
    await c.websocket("/", ["Sec-WebSocket-Extensions: x-unknown"]);
  })
  .add("permessage-deflate when it is off", upgrade, async (c) => {
    await c.websocket("/", ["Sec-WebSocket-Extensions: permessage-deflate"]);
  });
