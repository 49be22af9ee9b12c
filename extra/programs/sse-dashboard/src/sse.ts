import { Metrics } from "./metrics";

const encode = (entry: { id: number; event: string; data: unknown }) =>
  `id: ${entry.id}\nevent: ${entry.event}\ndata: ${JSON.stringify(entry.data)}\n\n`;

export let open = 0;

export function events(req: Request, metrics: Metrics, retry: number) {
  const after = Number(req.headers.get("last-event-id") ?? 0);
  const wanted = new URL(req.url).searchParams.getAll("only");
  const isWanted = (entry: { event: string }) => wanted.length === 0 || wanted.includes(entry.event);
  let listener: (entry: any) => void;
  const stream = new ReadableStream({
    start(controller) {
      open++;
      controller.enqueue(`retry: ${retry * 1000}\n\n`);
      for (const entry of metrics.history)
        if (entry.id > after && isWanted(entry)) controller.enqueue(encode(entry));
      listener = (entry) => {
        if (isWanted(entry)) controller.enqueue(encode(entry));
      };
      metrics.on("entry", listener);
    },
    cancel() {
      open--;
      metrics.off("entry", listener);
    },
  });
  return new Response(stream, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no" },
  });
}
