import { store } from "@api/context";
import { reply } from "@api/reply";
import { Line, Status } from "@shop/core";
import { randomUUID } from "crypto";

export const orders = {
  "/orders": {
    POST: async (req: Request) => {
      const { lines } = (await req.json()) as { lines: Line[] };
      return reply(store.place(randomUUID(), lines), 201);
    },
  },
  "/orders/:id": {
    GET: (req: Bun.BunRequest<"/orders/:id">) => reply(store.order(req.params.id)),
    PATCH: async (req: Bun.BunRequest<"/orders/:id">) => {
      const { status } = (await req.json()) as { status: Status };
      return reply(store.advance(req.params.id, status));
    },
  },
};
