import { afterEachTest } from "../../../vitest.after-each.ts";

interface Stoppable {
  stop(closeActiveConnections: boolean): Promise<void>;
}

const running = new Set<Stoppable>();

/** Every server of a test is stopped, with its connections, before the next test begins. */
afterEachTest(async () => {
  const servers = [...running];
  running.clear();
  await Promise.all(servers.map((server) => server.stop(true)));
});

/** A free port of the IPv4 loopback, and errors as clients see them in production. */
export const LOOPBACK = { port: 0, hostname: "127.0.0.1", development: false } as const;

/** The server, stopped after the test. */
export function stopAfterTest<S extends Stoppable>(server: S): S {
  running.add(server);
  return server;
}
