import { file, serve } from "@mantou/serve";

serve({
  routes: {
    "/report": file("report.pdf"),
    "/start": () => new Response(file("notes.txt").slice(0, 100)),
  },
});

export {};
