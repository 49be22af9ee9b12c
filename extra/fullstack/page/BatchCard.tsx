import { type FormEvent, useState } from "react";
import { type Batch, STAGES, type Stage } from "../src/batch.ts";
import { changeBatch, removeBatch } from "./api.ts";

const ACTIONS: Readonly<Record<Stage, string>> = {
  rising: "Steam",
  steaming: "Take out",
  ready: "Rise again",
};
const QUIET =
  "cursor-pointer rounded-lg px-2 py-1 text-sm text-stone-500 hover:bg-dough-100 hover:text-stone-800 dark:text-stone-400 dark:hover:bg-white/10 dark:hover:text-stone-100";

export function BatchCard({ batch }: { readonly batch: Batch }) {
  const [draft, setDraft] = useState<string | null>(null);
  const next = STAGES[(STAGES.indexOf(batch.stage) + 1) % STAGES.length]!;

  async function rename(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (draft !== null && draft.trim() !== "" && draft.trim() !== batch.name)
      await changeBatch(batch.id, { name: draft });
    setDraft(null);
  }

  return (
    <li
      aria-label={batch.name}
      className="rounded-2xl border border-dough-200 bg-white p-4 shadow-sm dark:border-white/10 dark:bg-oven-900"
    >
      <div className="flex items-baseline gap-3">
        {draft === null ? (
          <h3 className="min-w-0 flex-1 font-medium break-words">{batch.name}</h3>
        ) : (
          <form onSubmit={rename} className="min-w-0 flex-1">
            <input
              // biome-ignore lint/a11y/noAutofocus: it is there because its user has asked for it
              autoFocus
              aria-label="New name"
              value={draft}
              maxLength={60}
              onChange={(event) => setDraft(event.target.value)}
              onBlur={rename}
              onKeyDown={(event) => event.key === "Escape" && setDraft(null)}
              className="field w-full py-1"
            />
          </form>
        )}
        <span className="text-lg font-semibold text-crust-600 tabular-nums dark:text-crust-500">
          ×{batch.count}
        </span>
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-1">
        <button
          type="button"
          onClick={() => changeBatch(batch.id, { stage: next })}
          className="mr-auto cursor-pointer rounded-lg bg-dough-100 px-3 py-1 text-sm font-medium text-crust-700 hover:bg-dough-200 dark:bg-white/10 dark:text-dough-200 dark:hover:bg-white/15"
        >
          {ACTIONS[batch.stage]}
        </button>
        <button type="button" className={QUIET} onClick={() => setDraft(batch.name)}>
          Rename
        </button>
        <button type="button" className={QUIET} onClick={() => removeBatch(batch.id)}>
          Remove
        </button>
      </div>
    </li>
  );
}
