import { AreaBuilder } from "../scenario.ts";
import { sockets } from "./websocket-messages.ts";

export const backpressure: AreaBuilder = new AreaBuilder("websocket backpressure")
  .add(
    "more than the client takes: send returns -1, then drain runs",
    sockets(({ note }) => {
      let sent = 0;
      return {
        backpressureLimit: 64 * 1024 * 1024,
        message(ws) {
          while (ws.send(new Uint8Array(1_000_000)) > 0) sent++;
          note("waits", ws.getBufferedAmount() > 0);
        },
        drain(ws) {
          note("drain", ws.getBufferedAmount(), sent > 0);
          ws.close();
        },
      };
    }),
    async (c) => {
      const ws = await c.websocket();
      ws.connection.socket.pause();
      ws.text("go");
      await c.noted(1);
      ws.connection.socket.resume();
      await c.noted(2);
    },
  )
  .add(
    "beyond backpressureLimit messages are dropped",
    sockets(({ note }) => ({
      backpressureLimit: 1_000,
      message(ws) {
        let result = 1;
        for (let i = 0; i < 100 && result !== 0; i++) result = ws.send(new Uint8Array(1_000_000));
        note(result, ws.readyState);
      },
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.connection.socket.pause();
      ws.text("go");
      await c.noted(1);
    },
  )
  .add(
    "closeOnBackpressureLimit closes",
    sockets(({ note }) => ({
      backpressureLimit: 1_000,
      closeOnBackpressureLimit: true,
      message(ws) {
        let result = 1;
        for (let i = 0; i < 100 && result !== 0; i++) result = ws.send(new Uint8Array(1_000_000));
        note(result);
      },
      close: (_ws, code) => note("close", code),
    })),
    async (c) => {
      const ws = await c.websocket();
      ws.connection.socket.pause();
      ws.text("go");
      await c.noted(2);
    },
  );
