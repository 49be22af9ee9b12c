import process from "node:process";
import { check } from "@mantou/conformance";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../support/runs.ts";
import { start } from "../support/servers.ts";

/** The echo of docs/echo.md, beside a static response and a handler that does not read. */
async function echo(request: Request): Promise<Response> {
  const headers: Record<string, string> = { "Echo-Method": request.method };
  const value = request.headers.get("x-echo");
  if (value !== null) headers["Echo-Value"] = value;
  return new Response(await request.arrayBuffer(), { headers });
}

/** Where content is not read, the connection has to go on all the same, or end. */
const FRAMING = ["rfc9112/6", "rfc9112/7", "rfc9112/9", "rfc9110/9.3.2", "rfc9110/10"];

/** In a soak each pass takes ten seeds. */
const seeds = process.env["MANTOU_SOAK_LOG"] === undefined ? 1 : 10;

it("breaks no rule of RFC 9110 and RFC 9112 that mantou-conformance has", async () => {
  const server = start({
    routes: { "/static": new Response("the same each time"), "/unread": () => new Response("unread") },
    fetch: echo,
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const wrong: string[] = [];
      let held = 0;
      for (const path of ["", "static", "unread"]) {
        // Fetch's Request has `get` as GET: docs/differences-from-bun.md.
        const options = {
          skip: ["echo-method-case"],
          seed,
          runs: runs(path === "" ? 60 : 20).numRuns,
          only: path === "" ? [] : FRAMING,
        };
        for await (const verdict of check(`${server.url}${path}`, options)) {
          const { kind, rule } = verdict;
          if (kind === "held") held++;
          if (kind === "broken") wrong.push(`/${path} ${rule.id}: ${verdict.violation.got}`);
          if (kind === "unknown") wrong.push(`/${path} ${rule.id}: ${verdict.reason}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(held).toBeGreaterThan(120);
    }),
    { numRuns: seeds },
  );
});
