// The echo contract in Fastify: `PORT=3000 node fastify.js` (npm install fastify)
import process from "node:process";
import fastify from "fastify";

const app = fastify({ bodyLimit: 4 * 1024 * 1024 });
app.removeAllContentTypeParsers();
app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, content, done) => done(null, content));
app.all("/*", (request, reply) => {
  const value = request.headers["x-echo"];
  if (value !== undefined) reply.header("Echo-Value", value);
  const trailer = request.raw.trailers["x-echo"];
  if (trailer !== undefined) reply.header("Echo-Trailer", trailer);
  reply.header("Echo-Method", request.method).send(request.body ?? "");
});
console.log(
  `Listening on ${await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" })}/`,
);
