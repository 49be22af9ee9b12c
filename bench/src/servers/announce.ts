/**
 * The two duties of every server here: to print one line of JSON with its port once it listens, and to end when the
 * harness does. Standard input is a pipe from the harness; the kernel closes it however the harness ends, so that not
 * even a SIGKILL leaves a server behind.
 */
export function announce(port: number): void {
  process.stdin.on("end", () => process.exit(0));
  process.stdin.resume();
  console.log(JSON.stringify({ port }));
}

/** The app this server was asked to be. @throws Error when it is not one of `known`. */
export function requestedApp<App extends string>(known: readonly App[]): App {
  const asked = process.argv[2];
  const app = known.find((name) => name === asked);
  if (app === undefined) throw new Error(`this server can be ${known.join(" or ")}, not ${asked}`);
  return app;
}
