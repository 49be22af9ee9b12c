import { fileBelow, serve } from "@mantou/serve";

serve({
  routes: {
    "/uploads/:name": (request) => {
      const found = fileBelow("/srv/uploads", request.params.name);
      return found === null ? new Response("Not found", { status: 404 }) : new Response(found);
    },
  },
});

export {};
