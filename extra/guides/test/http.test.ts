import { createServer, type Server } from "node:http";
import { request } from "node:https";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { cert, key } from "@mantou/testing/tls";
import { until } from "@mantou/testing/wait";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { block, talking, untested } from "./support/page.ts";
import { Program, RUNTIMES, said, serving } from "./support/program.ts";

const TEXT = "text/plain;charset=utf-8";
const JSON_TYPE = "application/json;charset=utf-8";

/** The body of a response over TLS. */
function overTLS(port: number, client: { readonly cert?: string; readonly key?: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, ca: cert, servername: "localhost", ...client }, (response) => {
      text(response).then(resolve, reject);
    })
      .on("error", reject)
      .end();
  });
}

describe.each(RUNTIMES)("http $name", (runtime) => {
  it("simple", async () => {
    await serving(
      runtime,
      { "server.ts": block("http/simple", 0) },
      ["server.ts"],
      async (origin, program, port) => {
        expect(await said(`${origin}/any`)).toEqual([200, TEXT, "Welcome to Bun!"]);
        expect(program.prints).toBe(`Listening on http://localhost:${port}/\n`);
      },
    );
  });

  it("server", async () => {
    const source = block("http/server", 0);
    await serving(runtime, { "server.ts": source }, ["server.ts"], async (origin, program, port) => {
      expect(await said(`${origin}/`)).toEqual([200, TEXT, "Welcome to Bun!"]);
      const moved = await fetch(`${origin}/abc`, { redirect: "manual" });
      expect([moved.status, moved.headers.get("location")]).toEqual([301, "/source"]);
      expect(await said(`${origin}/source`)).toEqual([200, "text/javascript;charset=utf-8", source]);
      expect(await said(`${origin}/api`)).toEqual([200, "application/json", '{"some":"buns","for":"you"}']);
      const post = { method: "POST", body: '"text"' };
      expect(await said(`${origin}/api/post`, post)).toEqual([
        200,
        "application/json",
        '{"success":true,"data":"text"}',
      ]);
      const form = { method: "POST", body: new URLSearchParams({ someField: "some value" }) };
      expect(await said(`${origin}/form`, form)).toEqual([200, TEXT, "Success"]);
      expect(await said(`${origin}/nothing`)).toEqual([404, TEXT, "Page not found"]);
      expect(program.prints).toBe(
        `Listening on http://localhost:${port}/\nReceived JSON: text\nsome value\n`,
      );
    });
  });

  it("file-uploads", async () => {
    const page = block("http/file-uploads", 1);
    const files = { "index.html": page, "index.ts": block("http/file-uploads", 2) };
    await serving(runtime, files, ["run", "index.ts"], async (origin, program, port) => {
      expect(await said(`${origin}/`)).toEqual([200, "text/html", page]);
      const form = new FormData();
      form.set("name", "Ada");
      form.set("profilePicture", new File([new Uint8Array([1, 2, 3])], "me.png", { type: "image/png" }));
      expect(await said(`${origin}/action`, { method: "POST", body: form })).toEqual([200, TEXT, "Success"]);
      expect(
        await program.run("-e", "console.log(await Bun.file('profilePicture.png').bytes().then(String))"),
      ).toBe("1,2,3\nexit 0");
      form.delete("profilePicture");
      expect((await fetch(`${origin}/action`, { method: "POST", body: form })).status).toBe(500);
      expect(await said(`${origin}/other`)).toEqual([404, TEXT, "Not Found"]);
      expect(port).toBeGreaterThan(0);
    });
    const first = { "index.html": page, "index.ts": block("http/file-uploads", 0) };
    await serving(runtime, first, ["run", "index.ts"], async (origin) => {
      expect(await said(`${origin}/`)).toEqual([200, "text/html", page]);
      expect(await said(`${origin}/action`)).toEqual([404, TEXT, "Not Found"]);
    });
  });

  it.each([0, 1])("sse, block %i", async (index) => {
    await serving(runtime, { "server.ts": block("http/sse", index) }, ["server.ts"], async (origin) => {
      const leaving = new AbortController();
      const response = await fetch(`${origin}/events`, { signal: leaving.signal });
      const { status, headers } = response;
      expect([status, headers.get("content-type"), headers.get("cache-control")]).toEqual([
        ...[200, "text/event-stream", "no-cache"],
      ]);
      const { value } = await response.body!.getReader().read();
      expect(new TextDecoder().decode(value)).toMatch(/^data: connected at \d{13}\n\n$/);
      leaving.abort();
    });
  });

  it("stream-file", async () => {
    const files = {
      "types.ts": talking(block("http/stream-file", 1)),
      "file.ts": talking(block("http/stream-file", 0)),
      "server.ts": block("http/stream-file", 2),
      "note.txt": "a note",
    };
    await serving(runtime, files, ["server.ts"], async (origin, program) => {
      expect(await said(`${origin}${program.folder}/note.txt`)).toEqual([200, TEXT, "a note"]);
      // A difference that docs/differences-from-bun.md names: the file is not there, and no server has failed.
      const due = runtime.name === "on Bun" ? 500 : 404;
      expect((await said(`${origin}${program.folder}/none.txt`))[0]).toBe(due);
      const types = [...(await program.run("types.ts")).matchAll(/ "([^" ]+)"$/gm)].map(([, type]) => type);
      expect(types).toEqual([JSON_TYPE, TEXT, "text/javascript;charset=utf-8", "image/png"]);
      expect(await program.run("file.ts")).toMatch(/resp Response 200\nexit 0$/);
    });
  });

  it.each([
    ["stream-iterator", 0, "Hello, world!\n"],
    ["stream-iterator", 1, "Hello, world!"],
    ["stream-node-streams-in-bun", 0, "Hello, world!"],
  ] as const)("%s, block %i", async (guide, index, due) => {
    await serving(runtime, { "server.ts": block(`http/${guide}`, index) }, ["server.ts"], async (origin) => {
      expect(await said(`${origin}/`)).toEqual([200, "text/plain", due]);
    });
  });

  it("tls", async () => {
    const files = { "server.ts": block("http/tls", 0), "cert.pem": cert, "key.pem": key };
    await serving(runtime, files, ["server.ts"], async (_origin, _program, port) => {
      expect(await overTLS(port, {})).toBe("Welcome to Bun!");
    });
  });

  it("tls, with certificates of clients", async () => {
    const own = { "cert.pem": cert, "key.pem": key, "ca1.pem": cert, "ca2.pem": cert };
    const files = { "server.ts": block("http/tls", 1), ...own };
    await serving(runtime, files, ["server.ts"], async (_origin, _program, port) => {
      expect(await overTLS(port, { cert, key })).toBe("Welcome to Bun!");
      await expect(overTLS(port, {})).rejects.toThrow();
    });
  });

  it("hot", async () => {
    const source = block("http/hot", 0);
    await serving(
      runtime,
      { "index.ts": source },
      ["--hot", "run", "index.ts"],
      async (origin, program, port) => {
        expect(await said(`${origin}/`)).toEqual([200, TEXT, "Hello world"]);
        program.write("index.ts", source.replace("Hello world", "Hello again").replace("3000", String(port)));
        await until(async () => (await said(`${origin}/`))[2] === "Hello again", "the new response");
      },
    );
  });

  // Node.js shares ports from 22.12 on. Before that, one of the servers has it.
  it("cluster: the servers of one port", async () => {
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    const servers = runtime.name === "on Bun" || major > 22 || (major === 22 && minor >= 12) ? 2 : 1;
    const files = { "server.ts": block("http/cluster", 0), "cluster.ts": block("http/cluster", 1) };
    await serving(runtime, files, ["cluster.ts"], async (origin, program) => {
      const ids = new Set<string>();
      const ask = async (): Promise<boolean> => {
        const [, , text] = await said(`${origin}/`, { headers: { connection: "close" } });
        ids.add(/^Hello from Bun #(\w+)!\n$/.exec(text)?.[1] ?? text);
        return ids.size >= Math.min(servers, availableParallelism());
      };
      await until(ask, `answers of the servers; they print: ${program.prints}`);
      program.signal("SIGINT");
      const isGone = (): Promise<boolean> =>
        fetch(`${origin}/`).then(
          () => false,
          () => true,
        );
      await until(isGone, "the end of the servers");
    });
  });
});

/** What a host of the internet would get. */
describe.each(RUNTIMES)("http clients $name", (runtime) => {
  const asked: string[] = [];
  let upstream: Server;
  let port = 0;

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      const { method, url, headers } = request;
      const credentials = headers["proxy-authorization"] ?? "";
      const region = headers["x-proxy-region"] ?? "";
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        asked.push([method, url, headers["content-type"] ?? "", credentials, region, body].join(" ").trim());
        response.setHeader("Content-Type", "application/json");
        response.end('{"from":"upstream"}');
      });
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    port = (upstream.address() as { port: number }).port;
  });
  afterAll(() => {
    upstream.close();
    upstream.closeAllConnections();
  });

  /** Runs blocks whose hosts are replaced. */
  async function run(
    source: string,
    replaced: readonly (readonly [string, string])[],
  ): Promise<readonly string[]> {
    const local = replaced.reduce((text, [from, to]) => text.replaceAll(from, to), source);
    const program = new Program(runtime, { "main.ts": talking(local) });
    asked.length = 0;
    try {
      const prints = await program.run("main.ts");
      return [...asked.map((line) => line.replaceAll(String(port), "<port>")), ...prints.split("\n")];
    } finally {
      await program.end();
    }
  }

  it("fetch", async () => {
    const host = [["https://bun.com", `http://127.0.0.1:${port}`]] as const;
    expect(await run(block("http/fetch", 0), host)).toEqual([
      "GET /",
      "response Response 200",
      'html "{\\"from\\":\\"upstream\\"}"',
      "exit 0",
    ]);
    expect(await run(block("http/fetch", 1), host)).toEqual([
      'POST /api application/json   {"message":"Hello from Bun!"}',
      "response Response 200",
      'body {"from":"upstream"}',
      "exit 0",
    ]);
  });

  it("fetch-unix", async () => {
    const program = new Program(runtime, {});
    const path = join(program.folder, "docker.sock");
    const unix = createServer((request, response) =>
      response.end(JSON.stringify([request.method, request.url])),
    );
    await new Promise<void>((resolve) => unix.listen(path, resolve));
    try {
      const replaced = [
        ["/var/run/docker.sock", path],
        ["/var/run/path/to/unix.sock", path],
        ["https://hostname", "http://hostname"],
        // The layout of console.log is the platform's.
        ["console.log(body)", "console.log(JSON.stringify(body))"],
      ] as const;
      expect((await run(block("http/fetch-unix", 0), replaced)).slice(0, 1)).toEqual(['["GET","/info"]']);
      expect((await run(block("http/fetch-unix", 1), replaced)).slice(-2)).toEqual([
        'body ["POST","/a/path"]',
        "exit 0",
      ]);
    } finally {
      await program.end();
      unix.close();
      unix.closeAllConnections();
    }
  });

  it("proxy", async () => {
    const replaced = [
      ["https://example.com", "http://example.com"],
      ["https://username:password@proxy.example.com:8080", `http://username:password@127.0.0.1:${port}`],
      ["https://proxy.example.com:8080", `http://127.0.0.1:${port}`],
    ] as const;
    const basic = `Basic ${Buffer.from("username:password").toString("base64")}`;
    expect(await run(block("http/proxy", 0), replaced)).toEqual([
      `GET http://example.com/  ${basic}`,
      "exit 0",
    ]);
    expect(await run(block("http/proxy", 1), replaced)).toEqual([
      "GET http://example.com/  Bearer my-token us-east-1",
      "exit 0",
    ]);
    const direct = [["https://example.com", `http://127.0.0.1:${port}/direct`]] as const;
    expect((await run(block("http/proxy", 2), direct))[0]).toBe("GET /direct");
  });
});

it("http: each block of each guide has a test", () => {
  expect(untested("http")).toEqual([]);
});
