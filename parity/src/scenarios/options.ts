import { type AnyOptions, AreaBuilder } from "../scenario.ts";

const fetch = () => new Response();

const wrong: Record<string, Record<string, unknown>> = {
  "no options": {},
  "fetch: 1": { fetch: 1 },
  "routes: 1": { routes: 1, fetch },
  "port: -1": { port: -1, fetch },
  "port: 65536": { port: 65_536, fetch },
  'port: "x"': { port: "x", fetch },
  "port: 1.5": { port: 1.5, fetch },
  "hostname: 1": { hostname: 1, fetch },
  "idleTimeout: 256": { idleTimeout: 256, fetch },
  "idleTimeout: -1": { idleTimeout: -1, fetch },
  'idleTimeout: "x"': { idleTimeout: "x", fetch },
  "maxRequestBodySize: -1": { maxRequestBodySize: -1, fetch },
  'maxRequestBodySize: "x"': { maxRequestBodySize: "x", fetch },
  "error: 1": { error: 1, fetch },
  "websocket: 1": { websocket: 1, fetch },
  "websocket: {}": { websocket: {}, fetch },
  "websocket.open: 1": { websocket: { open: 1, message() {} }, fetch },
  "websocket.idleTimeout: 961": { websocket: { idleTimeout: 961, message() {} }, fetch },
  "websocket.maxPayloadLength: -1": { websocket: { maxPayloadLength: -1, message() {} }, fetch },
  "websocket.backpressureLimit: x": { websocket: { backpressureLimit: "x", message() {} }, fetch },
  "websocket.perMessageDeflate: 1": { websocket: { perMessageDeflate: 1, message() {} }, fetch },
  "websocket.perMessageDeflate.compress: x": {
    websocket: { perMessageDeflate: { compress: "x" }, message() {} },
    fetch,
  },
  "tls: 1": { tls: 1, fetch },
  "an invalid tls.cert": { tls: { cert: "x", key: "y" }, fetch },
  "unix and port": { unix: "/tmp/mantou-parity-both.sock", port: 1, fetch },
  "development: 1": { development: 1, fetch },
  "id: 1": { id: 1, fetch },
};

export const options: AreaBuilder = new AreaBuilder("options");

for (const [name, given] of Object.entries(wrong)) {
  options.add(
    `refused: ${name}`,
    ({ attempt, serve }) => {
      attempt(name, () => {
        void serve({ port: 0, ...given } as unknown as AnyOptions).stop(true);
        return "taken";
      });
      return { fetch };
    },
    async (c) => c.ask("GET /"),
  );
}

options
  .add(
    "refused: no object",
    ({ attempt, serve }) => {
      attempt("undefined", () => serve(undefined as unknown as AnyOptions));
      attempt("text", () => serve("x" as unknown as AnyOptions));
      return { fetch };
    },
    async (c) => c.ask("GET /"),
  )
  .add(
    "unknown options are ignored",
    () => ({ fetch, whatever: 1 }) as AnyOptions,
    async (c) => c.ask("GET /"),
  );
