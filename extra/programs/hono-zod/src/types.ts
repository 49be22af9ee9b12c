import type { Database } from "#db";

export type Priority = "low" | "high";

export interface Task {
  id: number;
  list: string;
  title: string;
  done: boolean;
  priority: Priority;
  due?: Date;
  notes: string[];
}

export interface Env {
  Variables: {
    db: Database;
    user: string;
    requestNumber: number;
  };
}
