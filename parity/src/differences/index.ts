import { ofConnections } from "./connection.ts";
import type { Difference } from "./difference.ts";
import { ofFiles } from "./files.ts";
import { ofRequests } from "./request.ts";
import { ofResponses } from "./response.ts";
import { ofServer } from "./server.ts";
import { ofWebSockets } from "./websocket.ts";

/** The first entry that covers a mismatch explains it, so special entries stand before general ones. */
export const differences: readonly Difference[] = [
  ...ofServer,
  ...ofFiles,
  ...ofWebSockets,
  ...ofRequests,
  ...ofResponses,
  ...ofConnections,
];
