import { Glob } from "bun";
import { type Job, State } from "./job";

/** Jobs as files: each has one, and a log has a line for each change. */
export class Store {
  readonly #log: ReturnType<ReturnType<typeof Bun.file>["writer"]>;

  private constructor(
    readonly folder: string,
    logPath: string,
  ) {
    this.#log = Bun.file(logPath).writer({ highWaterMark: 256 });
  }

  static async open(folder: string): Promise<{ store: Store; jobs: Job[] }> {
    const logPath = `${folder}/log.txt`;
    if (!(await Bun.file(logPath).exists())) await Bun.write(logPath, "");
    const jobs: Job[] = [];
    for await (const name of new Glob("job-*.json").scan({ cwd: folder })) {
      const job: Job = await Bun.file(`${folder}/${name}`).json();
      // Nothing runs when the program starts.
      if (job.state === State.Running) job.state = State.Waiting;
      jobs.push(job);
    }
    return { store: new Store(folder, logPath), jobs: jobs.sort((a, b) => a.id - b.id) };
  }

  async save(job: Job, note: string): Promise<void> {
    this.#log.write(`${job.id} ${note}\n`);
    await this.#log.flush();
    await Bun.write(`${this.folder}/job-${job.id}.json`, JSON.stringify(job));
  }

  async remove(job: Job): Promise<void> {
    this.#log.write(`${job.id} removed\n`);
    await this.#log.flush();
    await Bun.file(`${this.folder}/job-${job.id}.json`).delete();
  }

  log(): Promise<string> {
    return Bun.file(`${this.folder}/log.txt`).text();
  }

  async [Symbol.asyncDispose]() {
    await this.#log.end();
  }
}
