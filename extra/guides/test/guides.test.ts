import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { findBun, NO_BUN } from "@mantou/testing/bun";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Guide } from "./support/guide.ts";
import { blocks as blocksOf, guidesOf } from "./support/page.ts";
import { bunRuntime, MANTOU, run } from "./support/run.ts";

/** The folders of guides; each has a module in `guides/`. */
const FOLDERS = ["process", "read-file", "streams", "write-file"];

/** `console.log` lays objects out as the engine does: quotes, lines and commas at their ends differ. */
function withoutLayout(text: string): string {
  return text
    .replaceAll("'", '"')
    .replaceAll(/\s+/g, " ")
    .replaceAll(/,(?= [}\]])/g, "")
    .replaceAll(/(?<=\[) | (?=\])/g, "");
}

const bun = findBun();
/** It stands for the hosts of the internet. */
let server: Server;
let site = "";

beforeAll(async () => {
  server = createServer((_, response) => void response.end("the site"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => void server.close());

for (const folder of FOLDERS) {
  const { guides } = (await import(`../guides/${folder}.ts`)) as { guides: readonly Guide[] };

  describe(`guides/${folder}`, () => {
    it("has each guide of the documentation", () => {
      expect(guides.map(({ name }) => name).sort()).toEqual(guidesOf(folder).sort());
    });

    describe.each(guides)("$name", ({ name, runs, leftOut = {} }) => {
      const blocks = blocksOf(`${folder}/${name}`);

      it("uses each block of code", () => {
        const parts = runs.flatMap(({ files }) => Object.values(files).flat());
        const used = new Set([
          ...parts.filter((part) => typeof part === "number"),
          ...Object.keys(leftOut).map(Number),
        ]);
        expect([...used].sort()).toEqual([...blocks.keys()]);
      });

      it.each(
        runs.map((each, index) => [index + 1, each] as const),
      )("run %i prints the same on both", async (_, each) => {
        const [ours, theirs] = await Promise.all([
          run(each, blocks, site, MANTOU),
          bun === null ? null : run(each, blocks, site, bunRuntime(bun)),
        ]);
        expect(ours).toMatch(each.prints);
        if (theirs !== null) expect(withoutLayout(ours)).toBe(withoutLayout(theirs));
      });
    });
  });
}

it.skipIf(bun !== null)(`is not compared with Bun: ${NO_BUN}`, () => {});
