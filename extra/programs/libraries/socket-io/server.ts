import options from "./app.ts";

const server = Bun.serve({ port: process.env.PORT, hostname: "127.0.0.1", ...options } as never);
console.log(`http://127.0.0.1:${server.port}`);
