import { NewTask, Page, Patch } from "@/schemas";
import { Task } from "@/types";
import limits from "../limits.toml";

const weights = Object.fromEntries(
  limits.priorities.map(({ name, weight }: { name: string; weight: number }) => [name, weight]),
);

export class Database {
  #tasks: Task[] = [];
  #last = 0;

  constructor(private readonly pageSize = Number(process.env.PAGE_SIZE)) {}

  insert({ due, ...rest }: NewTask): Task {
    const task: Task = { id: ++this.#last, done: false, notes: [], ...rest, ...(due && { due }) };
    this.#tasks.push(task);
    return task;
  }

  select({ list, done, page }: Page) {
    const found = this.#tasks
      .filter(
        (task) => (list === undefined || task.list === list) && (done === undefined || task.done === done),
      )
      .toSorted((a, b) => weights[b.priority] - weights[a.priority] || a.id - b.id);
    const start = (page - 1) * this.pageSize;
    return {
      total: found.length,
      page,
      pages: Math.ceil(found.length / this.pageSize),
      tasks: found.slice(start, start + this.pageSize),
    };
  }

  byId(id: number) {
    return this.#tasks.find((task) => task.id === id);
  }

  update(task: Task, patch: Patch) {
    return Object.assign(task, patch);
  }

  delete(id: number) {
    const index = this.#tasks.findIndex((task) => task.id === id);
    return index >= 0 && this.#tasks.splice(index, 1).length > 0;
  }
}

export default new Database();
