import { availableParallelism } from "node:os";
import { expect, it } from "vitest";
import { resolveWorkers, runWorkers } from "../../src/workers/run-workers.ts";
import { type WorkersOptions, workerNumber } from "../../src/workers.ts";

it("checks the options of runWorkers before it starts a process", () => {
  const run = (options: unknown) => () => runWorkers("none.mjs", options as WorkersOptions);
  const wrong: readonly [unknown, string][] = [
    [null, "TypeError: runWorkers() takes an object of options"],
    [{ worker: 2 }, 'TypeError: runWorkers() has no option "worker"'],
    [{ workers: 0 }, "RangeError: workers must be an integer from 1 to 1024, not 0"],
    [{ workers: 1025 }, "RangeError: workers must be"],
    [{ workers: 1.5 }, "RangeError: workers must be"],
    [{ workers: "2" }, 'TypeError: workers must be "auto" or an integer'],
    [{ workers: null }, "TypeError: workers must be"],
    [{ drainSeconds: -1 }, "RangeError: drainSeconds must be an integer from 0 to 86400, not -1"],
    [{ graceSeconds: -1 }, "RangeError: graceSeconds must be from 0 to 86400 seconds, not -1"],
    [{ graceSeconds: "5" }, "TypeError: graceSeconds must be a number of seconds"],
    [{ args: "a" }, "TypeError: args must be an array of strings"],
    [{ execArgv: [1] }, "TypeError: execArgv must be an array of strings"],
    [{ cwd: 1 }, "TypeError: cwd must be a non-empty string"],
    [{ env: "a" }, "TypeError: env must be an object"],
    [{ signals: 1 }, "TypeError: signals must be a boolean"],
    [{ log: 1 }, "TypeError: log must be a function"],
  ];
  for (const [options, message] of wrong) {
    let caught: unknown;
    try {
      run(options)();
    } catch (error) {
      caught = error;
    }
    expect(String(caught)).toContain(message);
  }
  expect(() => runWorkers(1 as never)).toThrow("the program must be a path or a file: URL");
  expect(resolveWorkers()).toBe(availableParallelism());
  expect(workerNumber()).toBeNull();
});
