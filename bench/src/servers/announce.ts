import { getHeapStatistics } from "node:v8";

/**
 * The duties of every server here: to print one line of JSON with its port once it listens, to say how many bytes it has allocated
 * when it is asked, and to end when the harness does. Standard input is a pipe from the harness; the kernel closes it however the
 * harness ends, so that not even a SIGKILL leaves a server behind.
 */
export function announce(port: number): void {
  process.stdin.on("end", () => process.exit(0));
  // There is only one question. Node.js counts from 26 on, others do not.
  process.stdin.on("data", () => console.log(JSON.stringify({ allocated: countAllocated() ?? null })));
  console.log(JSON.stringify({ port }));
}

function countAllocated(): number | undefined {
  return (getHeapStatistics() as { readonly total_allocated_bytes?: number }).total_allocated_bytes;
}

/** The app this server was asked to be. @throws Error when it is not one of `known`. */
export function requestedApp<App extends string>(known: readonly App[]): App {
  const asked = process.argv[2];
  const app = known.find((name) => name === asked);
  if (app === undefined) throw new Error(`this server can be ${known.join(" or ")}, not ${asked}`);
  return app;
}
