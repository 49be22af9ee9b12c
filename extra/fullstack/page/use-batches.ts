import { useEffect, useState } from "react";
import type { Batch, Message } from "../src/batch.ts";
import { allBatches } from "./api.ts";

const RETRY_MS = 1000;

export interface Batches {
  /** Null until they have come. */
  readonly batches: readonly Batch[] | null;
  /** How many pages are open; null without a connection. */
  readonly pages: number | null;
}

/** The batches, as each open page sees them: what another page changes comes over a WebSocket. */
export function useBatches(): Batches {
  const [batches, setBatches] = useState<readonly Batch[] | null>(null);
  const [pages, setPages] = useState<number | null>(null);

  useEffect(() => {
    let socket: WebSocket | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;

    const receive = (message: Message): void => {
      if (message.kind === "pages") setPages(message.open);
      else setBatches((known) => known && withMessage(known, message));
    };
    const connect = (): void => {
      const opened = new WebSocket("/live");
      socket = opened;
      opened.addEventListener("message", ({ data }) => {
        if (socket === opened) receive(JSON.parse(data as string) as Message);
      });
      // Asked behind the subscription, so that nothing is missed in between.
      opened.addEventListener("open", async () => {
        const all = await allBatches();
        if (socket !== opened) return;
        setBatches(all);
        console.info(`live: ${all.length} batches`);
      });
      opened.addEventListener("close", () => {
        if (socket !== opened) return;
        setPages(null);
        retry = setTimeout(connect, RETRY_MS);
      });
    };

    connect();
    return () => {
      clearTimeout(retry);
      const opened = socket;
      socket = null;
      opened?.close();
    };
  }, []);

  return { batches, pages };
}

function withMessage(known: readonly Batch[], message: Exclude<Message, { kind: "pages" }>): Batch[] {
  const id = message.kind === "saved" ? message.batch.id : message.id;
  const others = known.filter((batch) => batch.id !== id);
  return message.kind === "saved" ? [...others, message.batch].sort((a, b) => a.id - b.id) : others;
}
