import { type Server, serve } from "bun";
import type { Store } from "./store.ts";

const MAX_TEXT = 10_000;

/** What a client has sent that cannot be a note; the message is for its user. */
class InputError extends Error {}

/** Starts the API. Without a port, that is the one in `PORT`, or 3000. */
export function start(store: Store, port?: number): Server {
  return serve({
    ...(port === undefined ? {} : { port }),
    routes: {
      "/": new Response("GET and POST /notes, GET and DELETE /notes/:id\n"),
      "/notes": {
        GET: () => Response.json(store.all()),
        POST: async (request) => {
          const note = store.add(textOf(await request.json()));
          return Response.json(note, { status: 201, headers: { Location: `/notes/${note.id}` } });
        },
      },
      "/notes/:id": {
        GET: (request) => {
          const note = store.find(Number(request.params.id));
          return note === null ? missing() : Response.json(note);
        },
        DELETE: (request) =>
          store.remove(Number(request.params.id)) ? new Response(null, { status: 204 }) : missing(),
      },
    },
    fetch: () => missing(),
    error(error) {
      const isOfClient = error instanceof InputError || error instanceof SyntaxError;
      if (isOfClient) return Response.json({ error: error.message }, { status: 400 });
      throw error; // It is logged, and the client gets a 500.
    },
  });
}

/** @throws InputError */
function textOf(sent: unknown): string {
  const text = typeof sent === "object" && sent !== null && "text" in sent ? sent.text : undefined;
  if (typeof text !== "string" || text.trim() === "" || text.length > MAX_TEXT)
    throw new InputError(`A note has a text of 1 to ${MAX_TEXT} characters`);
  return text.trim();
}

function missing(): Response {
  return Response.json({ error: "There is no such thing" }, { status: 404 });
}
