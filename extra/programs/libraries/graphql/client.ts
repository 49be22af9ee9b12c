import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import type { Service } from "../../test/support/service.ts";

export default async function client(service: Service): Promise<void> {
  await requests(service);
  await streams(service);
  await raw(service);
  await subscriptions(service);
}

async function requests(service: Service): Promise<void> {
  const post = (query: string, variables?: unknown, headers: Record<string, string> = {}): Promise<string> =>
    service.ask("POST /graphql", {
      body: JSON.stringify({ query, variables }),
      headers: { "content-type": "application/json", accept: "application/json", ...headers },
    });
  await post("{ hello }");
  await post("query Q($name: String) { hello(name: $name) me }", { name: "ürsula" }, { "x-user": "ada" });
  await post('mutation { post(room: "tea", text: "hot") { id text shout } }');
  await post('{ messages(room: "tea") { id } }', {}, { accept: "application/graphql-response+json" });
  await post("{ hello", {}, { accept: "application/graphql-response+json" });
  await post("{ none }");
  await post("{ crash hello }");
  await post("{ known }");
  await post("query ($ms: Int!) { later(ms: $ms) }", { ms: "x" });
  await post("{ __typename }", {}, { accept: "text/none" });
  await service.ask(`GET /graphql?query=${encodeURIComponent("{ hello }")}`);
  await service.ask(
    `GET /graphql?query=${encodeURIComponent('mutation { post(room: "a", text: "b") { id } }')}`,
  );
  await service.ask("POST /graphql", { body: '{"query":', headers: { "content-type": "application/json" } });
  await service.ask("POST /graphql", { body: "{}", headers: { "content-type": "text/none" } });
  await service.ask("PUT /graphql");
  await service.ask("GET /elsewhere", { differs: ["copied text"] });
  await service.ask("OPTIONS /graphql", {
    headers: { origin: "https://chat.example", "access-control-request-method": "POST" },
  });
  const form = new FormData();
  form.set(
    "operations",
    JSON.stringify({
      query: 'mutation ($file: File!) { upload(file: $file, note: "nöte") }',
      variables: { file: null },
    }),
  );
  form.set("map", JSON.stringify({ 0: ["variables.file"] }));
  form.set("0", new File(["x".repeat(5000)], "x.png", { type: "image/png" }));
  await service.ask("POST /graphql", { body: form });
}

/** Subscriptions as server-sent events. */
async function streams(service: Service): Promise<void> {
  const headers = { accept: "text/event-stream", "content-type": "application/json" };
  const subscribe = (query: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${service.url}/graphql`, { method: "POST", body: JSON.stringify({ query }), headers, ...init });
  await service.answer("count", await subscribe("subscription { count(to: 3) }"));
  await service.answer("failing", await subscribe("subscription { failing }"));
  const controller = new AbortController();
  const endless = await subscribe("subscription { count(to: 100000) }", { signal: controller.signal });
  const reader = endless.body!.getReader();
  let text = "";
  while (!text.includes('"count":2')) text += new TextDecoder().decode((await reader.read()).value);
  controller.abort();
  await reader.closed.catch(() => {});
  let left = "";
  while (left !== "2") left = await (await fetch(`${service.url}/left`)).text();
  service.note("generators that have ended", left);
}

async function raw(service: Service): Promise<void> {
  await service.refused("/graphql");
  const open = (): ReturnType<Service["socket"]> => service.socket("/graphql", {}, ["graphql-transport-ws"]);
  const early = await open();
  early.say('{"type":"subscribe","id":"1","payload":{"query":"{ hello }"}}');
  await service.closed("subscribes before it has connected", early);
  const wrong = await open();
  wrong.say('{"type":"connection_init","payload":{"token":"wrong"}}');
  await service.closed("has a wrong token", wrong);
  const invalid = await open();
  invalid.say("no JSON");
  await service.closed("says no JSON", invalid);
  const twice = await open();
  twice.say('{"type":"connection_init"}');
  await service.hear("twice", twice, 1);
  twice.say('{"type":"ping"}');
  await service.hear("twice", twice, 1);
  twice.say('{"type":"connection_init"}');
  await service.closed("connects twice", twice);
  await service.refused("/graphql", { "sec-websocket-protocol": "graphql-ws" });
}

async function subscriptions(service: Service): Promise<void> {
  const socket = createClient({
    url: `${service.socketUrl}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { token: "right" },
    lazy: false,
    retryAttempts: 0,
  });
  service.onLeave(() => socket.dispose());
  const take = async (query: string, variables?: Record<string, unknown>): Promise<unknown[]> => {
    const results: unknown[] = [];
    try {
      for await (const result of socket.iterate({ query, variables: variables ?? null }))
        results.push(result);
    } catch (error) {
      results.push(error instanceof Error ? error.message : error);
    }
    return results;
  };
  service.note("a query", await take("query ($name: String) { hello(name: $name) }", { name: "socket" }));
  service.note("a mistake", await take("{ none }"));
  service.note("a failure", await take("{ known }"));
  service.note(
    "counts",
    await Promise.all([take("subscription { count(to: 3) }"), take("subscription { count(to: 2) }")]),
  );
  service.note("failing", await take("subscription { failing }"));

  const posted = socket.iterate<{ posted: { text: string } }>({
    query: 'subscription { posted(room: "tea") { id text } }',
  });
  const first = posted.next();
  // The subscription is there when a later operation of the same socket has been answered.
  await take("{ hello }");
  await take('mutation { post(room: "cellar", text: "unheard") { id } }');
  await take('mutation { post(room: "tea", text: "🫖") { id } }');
  service.note("posted", await first);
  await posted.return?.();
  service.note("after it", await take("{ hello }"));
}
