import { WebSocket, WebSocketServer } from "ws";
import { run } from "./ws-api.ts";

run({ WebSocket, WebSocketServer });
