import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { attacks } from "../src/attacks.ts";
import { readMutations } from "../src/mutations/mutation.ts";

const root = new URL("../..", import.meta.url);
const mutations = [
  "attack/test/mutations",
  "packages/backplane/test/mutations",
  "packages/pubsub/test/mutations",
  "packages/serve/test/mutations",
  "packages/topics/test/mutations",
].flatMap((folder) => readMutations(fileURLToPath(new URL(folder, root))));

it.each(mutations)("$name can still be taken out", ({ edits }) => {
  for (const { file, find } of edits) {
    const parts = readFileSync(new URL(file, root), "utf8").split(find.join("\n"));
    expect(parts.length - 1, `places in ${file}`).toBe(1);
  }
});

it.each(mutations)("$name has a killer", ({ killer }) => {
  if ("attack" in killer) expect(attacks.filter(({ name }) => name.includes(killer.attack))).toHaveLength(1);
  else expect(readFileSync(new URL(`${killer.package}/${killer.test}`, root), "utf8")).not.toBe("");
});
