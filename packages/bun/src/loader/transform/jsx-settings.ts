/** What bunfig.toml and the command line say about JSX. As in Bun, a tsconfig comes first. */
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";

/** Threads that start later have the data of the thread that starts them: workers, and the thread of the hooks. */
const KEY = "mantou.jsx";

/** Under the names of the compiler options of TypeScript. */
export interface JSXSettings {
  readonly jsx?: "react" | "react-jsx" | "react-jsxdev";
  readonly jsxFactory?: string;
  readonly jsxFragmentFactory?: string;
  readonly jsxImportSource?: string;
}

export function setJSXSettings(settings: JSXSettings): void {
  if (Object.keys(settings).length > 0) setEnvironmentData(KEY, settings);
}

export function getJSXSettings(): JSXSettings {
  return (getEnvironmentData(KEY) as JSXSettings | undefined) ?? {};
}
