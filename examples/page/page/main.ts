import type { Orders } from "../src/orders.ts";
import * as firstList from "./list.ts";

let { show } = firstList;
let orders: Orders = {};
const list = document.querySelector("ul")!;

function update(received: Orders): void {
  orders = received;
  show(list, orders, order);
}

function order(kind: string): void {
  void fetch(`/api/orders/${kind}`, { method: "POST" });
}

const live = new WebSocket("/live");
live.addEventListener("message", ({ data }) => update(JSON.parse(data) as Orders));
// Nothing is missed: an order that comes in between is in the response.
live.addEventListener("open", async () => update((await (await fetch("/api/orders")).json()) as Orders));

// An edit of `list.ts` is shown at once, with the same orders and the same connection.
import.meta.hot?.accept("./list.ts", (changed) => {
  if (changed === undefined) return;
  show = changed["show"] as typeof show;
  list.replaceChildren();
  update(orders);
});
