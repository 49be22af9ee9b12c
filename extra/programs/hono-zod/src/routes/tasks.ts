import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { ZodError, z } from "zod";
import { newTask, page, patch } from "@/schemas";
import { Env, Task } from "@/types";

const id = z.object({ id: z.coerce.number().int() });

function problem(result: { success: boolean; error?: any }, c: any) {
  if (result.success) return;
  const error = result.error as ZodError;
  return c.json(
    {
      error: "invalid",
      issues: error.issues.map(({ path, code, message }) => ({ path: path.join("."), code, message })),
    },
    422,
  );
}

const found = (c: { get(name: "db"): Env["Variables"]["db"] }, id: number): Task => {
  const task = c.get("db").byId(id);
  if (!task) throw new HTTPException(404, { message: `no task ${id}` });
  return task;
};

export const tasks = new Hono<Env>()
  .get("/", zValidator("query", page, problem), (c) => c.json(c.get("db").select(c.req.valid("query"))))
  .post("/", zValidator("json", newTask, problem), (c) => {
    const task = c.get("db").insert(c.req.valid("json"));
    c.header("Location", c.req.path.replace(/\/?$/, `/${task.id}`));
    return c.json(task, 201);
  })
  .get("/:id", zValidator("param", id, problem), (c) => c.json(found(c, c.req.valid("param").id)))
  .patch("/:id", zValidator("param", id, problem), zValidator("json", patch, problem), (c) =>
    c.json(c.get("db").update(found(c, c.req.valid("param").id), c.req.valid("json"))),
  )
  .post("/:id/notes", zValidator("param", id, problem), async (c) => {
    const task = found(c, c.req.valid("param").id);
    const { note } = await c.req.parseBody<{ note: string }>();
    if (!note) throw new HTTPException(400, { message: "a note is needed" });
    task.notes.push(note);
    return c.json(task.notes);
  })
  .delete("/:id", zValidator("param", id, problem), (c) => {
    if (!c.get("db").delete(c.req.valid("param").id))
      throw new HTTPException(404, { message: "no such task" });
    return c.body(null, 204);
  });
