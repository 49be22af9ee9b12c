import { findCase, type Tally } from "./cases.ts";
import { measure } from "./clock.ts";
import { check, findContestant } from "./parsers.ts";

/**
 * One contestant, one case, one round: a process of its own, so that no contestant runs with what the engine has
 * learnt from another. Prints nanoseconds for each operation.
 *
 * `worker.js contestant case warm-up-ms window-ms folder-of-package`
 */
const [contestantName = "", caseName = "", warmUp = "", window = "", folder = ""] = process.argv.slice(2);
const contestant = findContestant(contestantName);
const input = findCase(caseName);
const tally: Tally = { messages: 0, fields: 0, bodyBytes: 0 };
const operate = contestant.prepare(input, tally, folder);
// Twice: the state that the first leaves behind must not hurt the next.
check(contestant, input, operate, tally);
check(contestant, input, operate, tally);
console.log(measure(operate, Number(warmUp), Number(window)));
