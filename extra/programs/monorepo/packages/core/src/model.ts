import { Money } from "./money";

export interface Product {
  sku: string;
  name: Record<string, string>;
  price: Money;
  stock: number;
}

export interface Line {
  sku: string;
  count: number;
}

export interface Order {
  id: string;
  lines: Line[];
  total: Money;
  placed: string;
  status: Status;
}

export type Status = "new" | "paid" | "sent";

export const transitions = {
  new: ["paid"],
  paid: ["sent"],
  sent: [],
} as const satisfies Record<Status, readonly Status[]>;
