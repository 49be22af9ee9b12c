import { clearInterval, setInterval } from "node:timers";

/** The process goes on until the returned function is called: a transaction does not end by the end of the program's work. */
export function keepAlive(): () => void {
  const timer = setInterval(() => {}, 2 ** 31 - 1);
  return () => clearInterval(timer);
}
