import type { Program } from "./program.ts";
import { type Violation, violations } from "./properties.ts";
import { type Observation, runProgram } from "./run.ts";
import { type ServerChoice, ServerProcess } from "./server-process.ts";

/** Runs programs, one after the other, in a process that starts again when a program has ended it. */
export class Arena {
  /** The longest turn of all programs, in ms. */
  longestTurn = 0;
  /** Programs that have been run. */
  programs = 0;
  readonly #choice: ServerChoice;
  /** Milliseconds that no turn of a program may take. */
  readonly #turnLimit: number;
  #server: ServerProcess | null = null;

  constructor(choice: ServerChoice, turnLimit: number) {
    this.#choice = choice;
    this.#turnLimit = turnLimit;
  }

  /** @throws Error if the program has ended the process */
  async observe(program: Program): Promise<Observation> {
    this.#server ??= await ServerProcess.start(this.#choice);
    try {
      const observed = await runProgram(this.#server, program);
      this.longestTurn = Math.max(this.longestTurn, observed.report.longestTurn);
      this.programs++;
      return observed;
    } catch (error) {
      // The next program must start afresh, whatever the fault was.
      await this.stop();
      throw error;
    }
  }

  /** @throws Error that names the broken properties, unless they are covered */
  async check(program: Program, covers: (violation: Violation) => boolean = () => false): Promise<void> {
    const found = violations(program, await this.observe(program), this.#turnLimit).filter(
      (one) => !covers(one),
    );
    if (found.length === 0) return;
    const lines = found
      .slice(0, 10)
      .map(({ property, detail, ws }) => `${property}${ws === undefined ? "" : ` of ${ws}`}: ${detail}`);
    throw new Error(lines.join("\n"));
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = null;
  }
}
