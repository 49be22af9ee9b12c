/**
 * A long random run: `fuzz --minutes 5 --seed 1`. Valid and invalid messages and what was kept in corpus/ are mutated,
 * some several times over, and given to both roles. What breaks an invariant is kept in corpus/, named by role, seed
 * and number; it then belongs into a test. A run that hangs is seen by its last line.
 */
import { Buffer } from "node:buffer";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import fc from "fast-check";
import {
  cuts,
  invalidRequest,
  invalidResponse,
  mutated,
  pipeline,
  responsePipeline,
} from "../src/arbitraries/index.ts";
import { judge, type Role } from "./judge.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "1" }, seed: { type: "string" } },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const end = Date.now() + Number(values.minutes) * 60_000;
// Compiled to fuzz/dist/fuzz/, three levels below the package.
const corpus = new URL("../../corpus/", import.meta.url);
mkdirSync(corpus, { recursive: true });

const kept = (role: Role): Uint8Array[] =>
  readdirSync(corpus)
    .filter((name) => name.startsWith(role))
    .map((name) => readFileSync(new URL(name, corpus)));

function inputs(role: Role): fc.Arbitrary<Uint8Array> {
  const valid: fc.Arbitrary<readonly { readonly bytes: Uint8Array }[]> =
    role === "server" ? pipeline : responsePipeline;
  const sources = [
    valid.map((messages) => Uint8Array.from(Buffer.concat(messages.map(({ bytes }) => bytes)))),
    (role === "server" ? invalidRequest : invalidResponse).map(({ bytes }) => bytes),
  ];
  const before = kept(role);
  const source = fc.oneof(...sources, ...(before.length > 0 ? [fc.constantFrom(...before)] : []));
  return fc.oneof(source, mutated(source), mutated(mutated(source)), mutated(mutated(mutated(source))));
}

let runs = 0;
let found = 0;
const ROUND = 500;
for (let round = 0; Date.now() < end; round++) {
  for (const role of ["server", "client"] as const) {
    const cases = fc.sample(fc.tuple(inputs(role), cuts), { numRuns: ROUND, seed: seed + round });
    for (const [i, [bytes, places]] of cases.entries()) {
      runs++;
      let broken: string | null;
      try {
        broken = judge(role, bytes, places);
      } catch (error) {
        broken = String(error);
      }
      if (broken === null) continue;
      found++;
      const name = `${role}-${seed + round}-${i}.bin`;
      writeFileSync(new URL(name, corpus), bytes);
      console.error(`${name}: ${broken}; cut at ${places.join()}`);
    }
  }
  if (round % 20 === 0) {
    const megabytes = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
    console.error(`round ${round}: ${runs} inputs, ${found} findings, ${megabytes} MB of heap`);
  }
}
console.error(`seed ${seed}: ${runs} inputs, ${found} findings`);
process.exitCode = found > 0 ? 1 : 0;
