import { useCallback, useEffect, useState } from "react";

/** Change this text while `npm run dev` runs: the page follows, and keeps its count. */
export function App() {
  const [count, setCount] = useState<number | null>(null);

  const load = useCallback(async (method: string) => {
    const response = await fetch("/api/count", { method });
    setCount(((await response.json()) as { count: number }).count);
  }, []);

  useEffect(() => void load("GET"), [load]);

  return (
    <main>
      <h1>Mantou and React</h1>
      <p>The server has counted {count ?? "…"} clicks, of all pages together.</p>
      <button type="button" onClick={() => load("POST")}>
        One more
      </button>
    </main>
  );
}
