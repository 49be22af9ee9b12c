// A process of its own: its input is the job's, its output the result, and it tells its progress by messages.
import type { Progress } from "./job";

type Task = (input: string) => Promise<unknown> | unknown;

function tell(step: number, of: number) {
  process.send?.({ step, of, at: new Date() } satisfies Progress);
}

const tasks: Record<string, Task> = {
  async words(input) {
    const counts = new Map<string, number>();
    for (const [word] of input.toLowerCase().matchAll(/\p{L}+/gu))
      counts.set(word, (counts.get(word) ?? 0) + 1);
    tell(1, 1);
    return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  },

  async steps(input) {
    const of = Number(input);
    for (let step = 1; step <= of; step++) {
      tell(step, of);
      await Bun.sleep(5);
    }
    return `${of} steps`;
  },

  crash(input) {
    console.error(`cannot work on ${JSON.stringify(input)}`);
    process.exit(3);
  },

  async sleep() {
    tell(1, 2);
    await Bun.sleep(60_000);
    return "woke up";
  },
};

const [name = ""] = process.argv.slice(2);
const result = await tasks[name]!(await Bun.stdin.text());
await Bun.write(Bun.stdout, typeof result === "string" ? result : JSON.stringify(result));
process.disconnect?.();
