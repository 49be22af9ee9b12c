import { createServer } from "node:http";
import { until } from "@mantou/testing/wait";
import { describe, expect, it } from "vitest";
import { block, talking, untested } from "./support/page.ts";
import { Program, RUNTIMES, said, serving } from "./support/program.ts";

const TEXT = "text/plain;charset=utf-8";

/** The guides that are not run, with the reasons. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  "has commands of a shell alone": [
    ...[
      "astro",
      "docker",
      "nextjs",
      "prisma",
      "prisma-postgres",
      "qwik",
      "react",
      "solidstart",
      "systemd",
      "vite",
    ],
  ],
  "has settings of a build tool, or of a program that starts others": [
    ...["nuxt", "pm2", "remix", "sveltekit", "tanstack-start"],
  ],
  "needs a service of the internet, or a database that is not installed": [
    ...["discordjs", "gel", "mongoose", "neon-drizzle", "neon-serverless-postgres", "upstash"],
  ],
};

/** The layout of `console.log` is the platform's. */
const flat = (text: string): string =>
  text
    .replaceAll(/\s/g, "")
    .replaceAll('"', "'")
    .replaceAll(/,(?=[}\]])/g, "");

describe.each(RUNTIMES)("ecosystem $name", (runtime) => {
  it("hono", async () => {
    await serving(runtime, { "server.ts": block("ecosystem/hono", 0) }, ["server.ts"], async (origin) => {
      expect(await said(`${origin}/`)).toEqual([200, TEXT, "Hono!"]);
      expect((await said(`${origin}/none`))[0]).toBe(404);
    });
  });

  it("elysia", async () => {
    const files = { "server.ts": block("ecosystem/elysia", 0) };
    await serving(runtime, files, ["server.ts"], async (origin, program, port) => {
      const [status, , text] = await said(`${origin}/`);
      expect([status, text]).toEqual([200, "Hello Elysia"]);
      expect((await said(`${origin}/none`))[0]).toBe(404);
      expect(program.prints).toBe(`🦊 Elysia is running on port ${port}...\n`);
    });
  });

  it("express", async () => {
    const files = { "server.ts": block("ecosystem/express", 0) };
    await serving(runtime, files, ["server.ts"], async (origin, program, port) => {
      const response = await fetch(`${origin}/`);
      const { status, headers } = response;
      expect([
        status,
        headers.get("content-type"),
        headers.get("x-powered-by"),
        await response.text(),
      ]).toEqual([...[200, "text/html; charset=utf-8", "Express", "Hello World!"]]);
      expect((await said(`${origin}/none`))[0]).toBe(404);
      expect(program.prints).toBe(`Listening on port ${port}...\n`);
    });
  });

  it("drizzle", async () => {
    const [db, index, schema, migrate, seed, query] = Array.from({ length: 6 }, (_, number) =>
      block("ecosystem/drizzle", number),
    );
    // What drizzle-kit, which the guide runs here, writes for its schema.
    const journal = {
      version: "7",
      dialect: "sqlite",
      entries: [{ idx: 0, version: "6", when: 1, tag: "0000_one", breakpoints: true }],
    };
    const program = new Program(runtime, {
      "db.ts": db!,
      "index.ts": index!,
      "schema.ts": schema!,
      "migrate.ts": migrate!,
      "seed.ts": seed!,
      "drizzle/0000_one.sql":
        "CREATE TABLE `movies` (\n\t`id` integer PRIMARY KEY NOT NULL,\n\t`name` text,\n\t`release_year` integer\n);\n",
      "drizzle/meta/_journal.json": JSON.stringify(journal),
    });
    try {
      expect(flat(await program.run("run", "index.ts"))).toBe("[{text:'helloworld'}]exit0");
      expect(await program.run("run", "migrate.ts")).toBe("exit 0");
      expect(await program.run("run", "seed.ts")).toBe("Seeding complete.\nexit 0");
      program.write("index.ts", query!);
      expect(flat(await program.run("run", "index.ts"))).toBe(
        "[{id:1,title:'TheMatrix',releaseYear:1999},{id:2,title:'TheMatrixReloaded',releaseYear:2003}," +
          "{id:3,title:'TheMatrixRevolutions',releaseYear:2003}]exit0",
      );
    } finally {
      await program.end();
    }
  });

  it("ssr-react", async () => {
    const [script, server] = [block("ecosystem/ssr-react", 0), block("ecosystem/ssr-react", 1)];
    const html = "<body><h1>Hello from server!</h1></body>";
    // The second block goes on where the first one ends.
    await serving(
      runtime,
      { "server.tsx": script + server, "ssr-react.tsx": talking(script) },
      ["server.tsx"],
      async (origin, program) => {
        expect(await said(`${origin}/`)).toEqual([200, "text/html", html]);
        expect(await program.run("ssr-react.tsx")).toMatch(/^stream \{.*\nexit 0$/);
      },
    );
  });

  it("sentry", async () => {
    const envelopes: string[] = [];
    const sentry = createServer((request, response) => {
      let body = "";
      request.setEncoding("latin1").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        envelopes.push(`${request.url?.split("?")[0]}\n${body}`);
        response.setHeader("Content-Type", "application/json");
        response.end("{}");
      });
    });
    await new Promise<void>((resolve) => sentry.listen(0, "127.0.0.1", resolve));
    const { port } = sentry.address() as { port: number };
    const [init, test] = [block("ecosystem/sentry", 0), block("ecosystem/sentry", 1)];
    const program = new Program(runtime, {
      "sentry.ts": init.replace("__SENTRY_DSN__", `http://public@127.0.0.1:${port}/7`) + test,
      "index.ts": "console.log('the app');\n",
    });
    try {
      const run = program.run("--preload", "./sentry.ts", "index.ts");
      await until(
        () => envelopes.some((text) => text.includes("foo is not defined")),
        "the error that is sent",
      );
      const sent = envelopes.find((text) => text.includes("foo is not defined"))!;
      expect(sent).toMatch(/^\/api\/7\/envelope\/\n/);
      expect(sent).toContain('"type":"ReferenceError"');
      expect(await run).toContain("the app\n");
    } finally {
      await program.end();
      sentry.close();
      sentry.closeAllConnections();
    }
  });
});

it("ecosystem: each guide is run, or left out with a reason", () => {
  expect(untested("ecosystem")).toEqual(Object.values(LEFT_OUT).flat().sort());
});
