import { testClient } from "@mantou/serve/testing";

const client = testClient({ routes: { "/hello/:name": (request) => new Response(request.params.name) } });
const response = await client.fetch("/hello/Ada");
console.log(response.status, await response.text());
await client.stop();

export {};
