import { type FormEvent, useState } from "react";
import { addBatch } from "./api.ts";

const STEP =
  "grid size-10 cursor-pointer place-items-center rounded-xl text-lg hover:bg-dough-100 dark:hover:bg-white/10";

export function AddForm() {
  const [name, setName] = useState("");
  const [count, setCount] = useState(6);
  const [error, setError] = useState<string | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    try {
      await addBatch({ name, count });
      setName("");
      setError(null);
    } catch (failure) {
      setError((failure as Error).message);
    }
  }

  return (
    <form
      onSubmit={submit}
      className="flex flex-wrap gap-3 rounded-2xl border border-dough-200 bg-white p-3 shadow-sm dark:border-white/10 dark:bg-oven-900"
    >
      <input
        aria-label="Kind of bun"
        placeholder="Kind of bun"
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.target.value)}
        className="field min-w-0 flex-1 basis-48"
      />
      <div className="flex items-center rounded-xl border border-dough-200 dark:border-white/10">
        <button
          type="button"
          aria-label="Fewer"
          className={STEP}
          onClick={() => setCount(Math.max(1, count - 1))}
        >
          −
        </button>
        <output aria-label="Count" className="w-9 text-center font-medium tabular-nums">
          {count}
        </output>
        <button
          type="button"
          aria-label="More"
          className={STEP}
          onClick={() => setCount(Math.min(999, count + 1))}
        >
          +
        </button>
      </div>
      <button
        type="submit"
        className="grow cursor-pointer rounded-xl bg-crust-600 px-5 py-2 font-medium text-white hover:bg-crust-700 focus-visible:outline-3 focus-visible:outline-offset-2 focus-visible:outline-crust-500 sm:grow-0"
      >
        Add batch
      </button>
      {error !== null && (
        <p role="alert" className="w-full px-1 text-sm text-red-700 dark:text-red-400">
          {error}
        </p>
      )}
    </form>
  );
}
