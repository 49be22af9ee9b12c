import { z } from "zod";
import limits from "../limits.toml";

export const listName = z.enum(limits.lists.names as [string, ...string[]]);

export const newTask = z.object({
  title: z.string().trim().min(1).max(60),
  list: listName.default("inbox"),
  priority: z.enum(["low", "high"]).default("low"),
  due: z.coerce.date().optional(),
});

export const patch = newTask
  .partial()
  .extend({ done: z.boolean().optional() })
  .strict()
  .refine((value) => Object.keys(value).length > 0, { message: "nothing to change" });

export const page = z.object({
  list: listName.optional(),
  done: z.stringbool().optional(),
  page: z.coerce.number().int().positive().default(1),
});

export type NewTask = z.infer<typeof newTask>;
export type Patch = z.infer<typeof patch>;
export type Page = z.infer<typeof page>;
