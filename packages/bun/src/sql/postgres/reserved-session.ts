import type { ReservedSession } from "../adapter.ts";
import type { PostgresConnection } from "./connection.ts";

/**
 * A connection for one caller.
 * @param giveBack is called once it is released and has no query that still runs, which may begin a transaction
 */
export function reservedSession(
  connection: PostgresConnection,
  giveBack: (close: boolean) => void,
): ReservedSession {
  let running = 0;
  let isReleased = false;
  let closes = false;
  const settled = (): void => {
    if (--running === 0 && isReleased) giveBack(closes);
  };
  return {
    run: (statement, modes) => {
      const started = connection.run(statement, modes);
      running++;
      started.result.then(settled, settled);
      return started;
    },
    release: (close = false) => {
      if (isReleased) return;
      isReleased = true;
      closes = close;
      if (running === 0) giveBack(close);
    },
  };
}
