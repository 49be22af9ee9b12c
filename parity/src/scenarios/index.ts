import type { Area } from "../scenario.ts";
import { badRequests } from "./bad-requests.ts";
import { connections } from "./connection.ts";
import { cookies } from "./cookies.ts";
import { errors } from "./errors.ts";
import { etags } from "./etags.ts";
import { files } from "./files.ts";
import { lifecycle } from "./lifecycle.ts";
import { options } from "./options.ts";
import { requests } from "./request.ts";
import { responses } from "./response.ts";
import { routing } from "./routing.ts";
import { streams } from "./streams.ts";
import { closings } from "./websocket-closing.ts";
import { compression } from "./websocket-compression.ts";
import { handshakes } from "./websocket-handshake.ts";
import { messages } from "./websocket-messages.ts";
import { pubsub } from "./websocket-pubsub.ts";

/** In the order of the documents. */
export const areas: readonly Area[] = [
  options,
  routing,
  requests,
  responses,
  streams,
  errors,
  cookies,
  files,
  etags,
  connections,
  badRequests,
  handshakes,
  messages,
  closings,
  pubsub,
  compression,
  lifecycle,
];
