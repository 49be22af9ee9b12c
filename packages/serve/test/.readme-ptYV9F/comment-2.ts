import { serve } from "@mantou/serve";

serve({
  fetch: (request, server) => {
    const name = new URL(request.url).searchParams.get("name") ?? "guest";
    return server.upgrade(request, { data: { name } }) ? undefined : new Response(null, { status: 426 });
  },
  websocket: {
    data: {} as { name: string }, // the type of ws.data
    open: (ws) => void ws.subscribe("room"),
    message: (ws, text) => void ws.publish("room", `${ws.data.name}: ${text}`),
  },
});

export {};
