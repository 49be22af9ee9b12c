import type { Area } from "../scenario.ts";
import { badRequests } from "./bad-requests.ts";
import { connections } from "./connection.ts";
import { cookies } from "./cookies.ts";
import { development } from "./development.ts";
import { errors } from "./errors.ts";
import { etags } from "./etags.ts";
import { files } from "./files.ts";
import { lifecycle } from "./lifecycle.ts";
import { methods } from "./methods.ts";
import { options } from "./options.ts";
import { requests } from "./request.ts";
import { requestBodies } from "./request-body.ts";
import { responses } from "./response.ts";
import { responseHeaders } from "./response-headers.ts";
import { routing } from "./routing.ts";
import { serverMembers } from "./server.ts";
import { staticRoutes } from "./static-routes.ts";
import { streams } from "./streams.ts";
import { secure } from "./tls.ts";
import { backpressure } from "./websocket-backpressure.ts";
import { closings } from "./websocket-closing.ts";
import { compression } from "./websocket-compression.ts";
import { webSocketErrors } from "./websocket-errors.ts";
import { handshakes } from "./websocket-handshake.ts";
import { members } from "./websocket-members.ts";
import { messages } from "./websocket-messages.ts";
import { order } from "./websocket-order.ts";
import { pubsub } from "./websocket-pubsub.ts";
import { upgrades } from "./websocket-upgrade.ts";

/** In the order of the documents. */
export const areas: readonly Area[] = [
  options,
  serverMembers,
  lifecycle,
  secure,
  routing,
  methods,
  staticRoutes,
  requests,
  requestBodies,
  responses,
  responseHeaders,
  streams,
  errors,
  development,
  cookies,
  files,
  etags,
  connections,
  badRequests,
  handshakes,
  upgrades,
  messages,
  members,
  backpressure,
  closings,
  webSocketErrors,
  pubsub,
  order,
  compression,
];
