// The echo contract on node:http: `PORT=3000 node node-http.js`
import { createServer } from "node:http";
import process from "node:process";

const server = createServer(async (request, response) => {
  const chunks = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    return; // The client has gone away in the middle of its content.
  }
  response.setHeader("Echo-Method", request.method);
  const value = request.headers["x-echo"];
  if (value !== undefined) response.setHeader("Echo-Value", value);
  const trailer = request.trailers["x-echo"];
  if (trailer !== undefined) response.setHeader("Echo-Trailer", trailer);
  response.end(Buffer.concat(chunks));
});
server.listen(process.env.PORT ?? 3000, "127.0.0.1", () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}/`);
});
