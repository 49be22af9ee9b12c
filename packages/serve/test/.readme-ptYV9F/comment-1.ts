import { serve } from "@mantou/serve";

serve({
  routes: {
    "/": new Response("Hello!"),
    "/users/:id": (request) => Response.json({ id: request.params.id }),
    "/notes": { GET: () => Response.json([]), POST: async (request) => Response.json(await request.json()) },
    "/files/*": { dir: "." },
    "/chat": { websocket: { message: (ws, text) => void ws.send(text) } },
  },
});

export {};
