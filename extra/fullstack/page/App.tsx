import { STAGES, type Stage } from "../src/batch.ts";
import { AddForm } from "./AddForm.tsx";
import { BatchCard } from "./BatchCard.tsx";
import mark from "./bun.svg";
import { useBatches } from "./use-batches.ts";

const TITLES: Readonly<Record<Stage, string>> = { rising: "Rising", steaming: "Steaming", ready: "Ready" };
const DOTS: Readonly<Record<Stage, string>> = {
  rising: "bg-amber-400",
  steaming: "bg-sky-400",
  ready: "bg-emerald-500",
};

export function App() {
  const { batches, pages } = useBatches();
  const total = batches?.reduce((sum, { count }) => sum + count, 0) ?? 0;

  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-6 px-4 py-6 sm:gap-8 sm:px-6 sm:py-10">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <img src={mark} alt="" className="size-11 sm:size-12" />
        <div className="mr-auto">
          <h1 className="brand text-2xl font-semibold sm:text-3xl">Steamer</h1>
          <p className="text-sm text-stone-500 dark:text-stone-400">
            {batches === null ? "Looking…" : `${total} buns in ${batches.length} batches`}
          </p>
        </div>
        <p
          role="status"
          className="flex items-center gap-2 rounded-full border border-dough-200 bg-white px-3 py-1 text-sm dark:border-white/10 dark:bg-white/5"
        >
          <span
            className={`size-2 rounded-full ${pages === null ? "animate-pulse bg-stone-400" : "bg-emerald-500"}`}
          />
          {pages === null ? "Connecting" : pages === 1 ? "Live in 1 page" : `Live in ${pages} pages`}
        </p>
      </header>

      <AddForm />

      <main className="grid gap-6 lg:grid-cols-3 lg:gap-5">
        {STAGES.map((stage) => {
          const inStage = batches?.filter((batch) => batch.stage === stage) ?? [];
          return (
            <section key={stage} aria-label={TITLES[stage]}>
              <h2 className="mb-3 flex items-center gap-2 text-sm font-medium">
                <span className={`size-2 rounded-full ${DOTS[stage]}`} />
                {TITLES[stage]}
                <span className="text-stone-500 tabular-nums dark:text-stone-400">{inStage.length}</span>
              </h2>
              <ul className="flex flex-col gap-3">
                {inStage.map((batch) => (
                  <BatchCard key={batch.id} batch={batch} />
                ))}
                {batches !== null && inStage.length === 0 && (
                  <li className="rounded-2xl border border-dashed border-dough-200 px-4 py-6 text-center text-sm text-stone-500 dark:border-white/10 dark:text-stone-400">
                    Nothing here
                  </li>
                )}
              </ul>
            </section>
          );
        })}
      </main>
    </div>
  );
}
