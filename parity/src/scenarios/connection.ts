import { request } from "../client.ts";
import { AreaBuilder } from "../scenario.ts";

const path = () => ({ fetch: (req: Request) => new Response(new URL(req.url).pathname) });

/** Responds to each request when the client signals. */
const gated = ({
  signal,
  note,
}: {
  signal: (name: string) => Promise<void>;
  note: (what: string) => void;
}) => ({
  fetch: async (req: Request) => {
    const name = new URL(req.url).pathname;
    note(name);
    await signal(name);
    return new Response(name);
  },
});

export const connections: AreaBuilder = new AreaBuilder("connection")
  .add("a connection is kept", path, async (c) => {
    const http = c.connect();
    for (const name of ["/1", "/2", "/3"]) await http.ask(`GET ${name}`);
  })
  .add("Connection: close from the client", path, async (c) => {
    const http = c.connect();
    await http.ask("GET /", ["Connection: close"]);
    await http.closed();
  })
  .add("Connection: close among others", path, async (c) => {
    const http = c.connect();
    await http.ask("GET /", ["Connection: x, Close"]);
    await http.closed();
  })
  .add("HTTP/1.0 closes", path, async (c) => {
    const http = c.connect().write("GET /x HTTP/1.0\r\nHost: test\r\n\r\n");
    await http.response();
    await http.closed();
  })
  .add("HTTP/1.0 with keep-alive", path, async (c) => {
    const http = c.connect().write("GET /x HTTP/1.0\r\nHost: test\r\nConnection: keep-alive\r\n\r\n");
    await http.response();
    await http.write("GET /y HTTP/1.0\r\nHost: test\r\n\r\n").response();
  })
  .add(
    "HTTP/1.0 gets a stream",
    () => ({
      fetch: () =>
        new Response(
          new ReadableStream({
            async start(controller) {
              controller.enqueue(new TextEncoder().encode("one"));
              await new Promise((resolve) => setTimeout(resolve, 10));
              controller.enqueue(new TextEncoder().encode("two"));
              controller.close();
            },
          }),
        ),
    }),
    async (c) => {
      const http = c.connect().write("GET / HTTP/1.0\r\n\r\n");
      await http.response();
      await http.closed();
    },
  )
  .add("pipelined requests get their responses in order", path, async (c) => {
    const http = c.connect().write(request("GET /1"), request("GET /2"), request("GET /3"));
    for (let i = 0; i < 3; i++) await http.response();
  })
  .add(
    "pipelined requests of which the first takes longest",
    () => ({
      fetch: async (req) => {
        const name = new URL(req.url).pathname;
        if (name === "/1") await new Promise((resolve) => setTimeout(resolve, 30));
        return new Response(name);
      },
    }),
    async (c) => {
      const http = c.connect().write(request("GET /1"), request("GET /2"), request("GET /3"));
      for (let i = 0; i < 3; i++) await http.response();
    },
  )
  .add("a pipelined request waits for the one before", gated, async (c) => {
    const http = c.connect().write(request("GET /1"), request("GET /2"));
    await c.noted(1);
    await c.signal("/2");
    await c.signal("/1");
    await http.response();
    await http.response();
  })
  .add(
    "pipelined requests with bodies",
    () => ({ fetch: async (req) => new Response(await req.text()) }),
    async (c) => {
      const http = c
        .connect()
        .write(
          request("POST /", ["Content-Length: 1"], "a"),
          request("POST /", ["Transfer-Encoding: chunked"], "1\r\nb\r\n0\r\n\r\n"),
          request("POST /", ["Content-Length: 1"], "c"),
          request("GET /"),
        );
      for (let i = 0; i < 4; i++) await http.response();
    },
  )
  .add("no response follows Connection: close", path, async (c) => {
    const http = c.connect().write(request("GET /1", ["Connection: close"]), request("GET /2"));
    await http.response();
    await http.closed();
  })
  .add(
    "a request in pieces",
    () => ({ fetch: async (req) => new Response(`${req.url} ${await req.text()}`) }),
    async (c) => {
      const http = c.connect();
      for (const byte of request("POST /x", ["Content-Length: 3"], "abc")) {
        http.write(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await http.response();
    },
  )
  .add(
    "100 Continue, then the response",
    () => ({ fetch: async (req) => new Response(await req.text()) }),
    async (c) => {
      const http = c.connect().write(request("POST /", ["Expect: 100-continue", "Content-Length: 2"]));
      await http.response();
      await http.write("hi").response();
    },
  )
  .add(
    "Expect: 100-continue when the body is not wanted",
    () => ({ fetch: () => new Response("no", { status: 403 }) }),
    async (c) => {
      const http = c.connect().write(request("POST /", ["Expect: 100-continue", "Content-Length: 2"]));
      await http.response();
    },
  )
  .add(
    "Expect: 100-continue with the body at once",
    () => ({ fetch: async (req) => new Response(await req.text()) }),
    async (c) => {
      const http = c.connect().write(request("POST /", ["Expect: 100-continue", "Content-Length: 2"], "hi"));
      await http.response();
    },
  )
  .add("another expectation", path, async (c) => {
    await c.ask("POST /", ["Expect: tea", "Content-Length: 0"]);
  })
  .add(
    "the client's end of sending, before the response",
    ({ note }) => ({
      fetch: async (req) => {
        await new Promise((resolve) => req.signal.addEventListener("abort", resolve));
        note("gone");
        return new Response("late");
      },
    }),
    async (c) => {
      const http = c.connect().write(request("GET /"));
      http.end();
      await http.closed();
      await c.noted(1);
    },
  )
  .add("a client that closes after the response", path, async (c) => {
    const http = c.connect();
    await http.ask("GET /");
    http.end();
    await http.closed();
  })
  .add(
    "idleTimeout closes an idle connection",
    () => ({ ...path(), idleTimeout: 1 }),
    async (c) => {
      const http = c.connect();
      await http.ask("GET /");
    },
  )
  .add(
    "a client that takes nothing does not hold up others",
    () => ({
      fetch: (req) =>
        new Response(new URL(req.url).pathname === "/big" ? new Uint8Array(8_000_000) : "small"),
    }),
    async (c) => {
      const slow = c.connect().write(request("GET /big"));
      slow.connection.socket.pause();
      await c.ask("GET /small");
      slow.connection.socket.resume();
      await slow.response();
    },
  )
  .add("an upgrade to what is not spoken is ignored", path, async (c) => {
    await c.ask("GET /", [
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
    ]);
  });
