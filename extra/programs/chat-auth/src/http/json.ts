import { AuthError } from "../users";

export const ok = (value: unknown, status = 200) => Response.json(value, { status });

export function failed(error: Error): Response {
  if (error instanceof AuthError) return ok({ error: error.message }, error.status);
  if (error instanceof SyntaxError) return ok({ error: "bad JSON" }, 400);
  console.error(error);
  return ok({ error: "internal" }, 500);
}

export async function body<T>(req: Request): Promise<Partial<T>> {
  const value = await req.json();
  return (value ?? {}) as Partial<T>;
}
