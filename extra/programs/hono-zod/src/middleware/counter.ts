import { createMiddleware } from "hono/factory";
import { Env } from "@/types";

let count = 0;

export const counter = createMiddleware<Env>(async (c, next) => {
  c.set("requestNumber", ++count);
  await next();
  c.header("X-Request-Number", String(c.get("requestNumber")));
});
