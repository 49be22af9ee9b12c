import { SQLiteError } from "bun:sqlite";

export class HttpError extends Error {
  constructor(
    public readonly status: number,
    message: string,
    public readonly details?: unknown,
  ) {
    super(message);
  }
}

export const json = (value: unknown, init?: ResponseInit | number) =>
  Response.json(value, typeof init === "number" ? { status: init } : init);

type Check<T> = { [K in keyof T]-?: (value: unknown) => value is T[K] };

/** Reads a JSON object, and checks each of its fields. */
export async function read<T extends object>(req: Request, checks: Check<T>): Promise<T> {
  const body = await req.json().catch(() => {
    throw new HttpError(400, "not JSON");
  });
  if (body === null || typeof body !== "object") throw new HttpError(400, "not an object");
  const wrong = (Object.keys(checks) as (keyof T & string)[]).filter((key) => !checks[key](body[key]));
  if (wrong.length) throw new HttpError(422, "invalid fields", wrong);
  return body;
}

export const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";
export const isNumber = (value: unknown): value is number => Number.isFinite(value);
export const optional =
  <T>(check: (value: unknown) => value is T) =>
  (value: unknown): value is T | undefined | null =>
    value == null || check(value);
export const listOf =
  <T>(check: (value: unknown) => value is T) =>
  (value: unknown): value is T[] =>
    Array.isArray(value) && value.every(check);

export function page(req: Request) {
  const query = new URL(req.url).searchParams;
  const number = (name: string, fallback: number) => {
    const value = Number(query.get(name) ?? fallback);
    if (!Number.isInteger(value) || value < 0) throw new HttpError(400, `${name} must be a whole number`);
    return value;
  };
  return { limit: Math.min(number("limit", 10), 50), offset: number("offset", 0), search: query.get("q") };
}

/** What an error is to a client. */
export function failure(error: unknown): Response {
  if (error instanceof HttpError) return json({ error: error.message, details: error.details }, error.status);
  // drizzle wraps what the database throws.
  const cause = error instanceof Error && error.cause instanceof SQLiteError ? error.cause : error;
  if (cause instanceof SQLiteError) {
    const status = cause.code?.startsWith("SQLITE_CONSTRAINT") ? 409 : 500;
    return json({ error: cause.message, code: cause.code }, status);
  }
  console.error(error);
  return json({ error: "internal" }, 500);
}
