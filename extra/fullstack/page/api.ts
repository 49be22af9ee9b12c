import type { Batch, BatchChange, NewBatch } from "../src/batch.ts";

export const allBatches = (): Promise<Batch[]> => ask<Batch[]>("GET", "/api/batches");
export const addBatch = (batch: NewBatch): Promise<Batch> => ask<Batch>("POST", "/api/batches", batch);
export const changeBatch = (id: number, change: BatchChange): Promise<Batch> =>
  ask<Batch>("PATCH", `/api/batches/${id}`, change);
export const removeBatch = (id: number): Promise<void> => ask<void>("DELETE", `/api/batches/${id}`);

/** @throws Error with what the server says */
async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(body !== undefined && {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  if (response.status === 204) return undefined as T;
  const received = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(received.error ?? response.statusText);
  return received;
}
