import { inheritedSockets } from "./inherited.ts";

/** What a program can do whose address another process of the same program has. It begins with a space, or is empty. */
export function takenAdvice(): string {
  if (inheritedSockets().worker !== null)
    return " If another worker has bound it after this one had started, this one is started again and gets the socket";
  if (!isOneOfSeveral()) return "";
  return " serve() binds in the process that calls it: node:cluster and PM2 cannot share its port. Start one process, by `mantou --workers N` or runWorkers() of @mantou/serve/workers, or set reusePort: true";
}

/** Whether this process is one of those that `node:cluster`, or PM2 with several instances, has started. */
function isOneOfSeveral(): boolean {
  const { pm_id, NODE_APP_INSTANCE } = process.env;
  if (pm_id !== undefined && NODE_APP_INSTANCE !== undefined && NODE_APP_INSTANCE !== "0") return true;
  // Not imported: few processes need it. Node.js 20.16 and 22.3 have the function.
  const builtin = (process as { getBuiltinModule?: (name: string) => unknown }).getBuiltinModule;
  const cluster = builtin?.call(process, "node:cluster") as { isWorker?: boolean } | undefined;
  return cluster?.isWorker === true;
}
