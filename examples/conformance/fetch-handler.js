/** The echo contract as a fetch handler: for Mantou, Bun, Deno and whatever else takes one. It shows no trailers: Fetch has none. */
export async function echo(request) {
  const headers = { "Echo-Method": request.method };
  const value = request.headers.get("x-echo");
  if (value !== null) headers["Echo-Value"] = value;
  return new Response(await request.arrayBuffer(), { headers });
}
