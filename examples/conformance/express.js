// The echo contract in Express: `PORT=3000 node express.js` (npm install express)
import process from "node:process";
import express from "express";

const app = express();
app.use(express.raw({ type: () => true, limit: "4mb" }));
app.use((request, response) => {
  const value = request.get("x-echo");
  if (value !== undefined) response.set("Echo-Value", value);
  const trailer = request.trailers["x-echo"];
  if (trailer !== undefined) response.set("Echo-Trailer", trailer);
  response.set("Echo-Method", request.method);
  response.end(Buffer.isBuffer(request.body) ? request.body : "");
});
const server = app.listen(process.env.PORT ?? 3000, "127.0.0.1", () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}/`);
});
