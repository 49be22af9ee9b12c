import type { Orders } from "../src/orders.ts";

/** Shows the kinds with their counts. A button that is there stays, with the focus that it may have. */
export function show(list: HTMLElement, orders: Orders, order: (kind: string) => void): void {
  for (const [kind, count] of Object.entries(orders)) {
    let button = list.querySelector<HTMLButtonElement>(`[data-kind="${kind}"]`);
    if (button === null) {
      button = document.createElement("button");
      button.dataset["kind"] = kind;
      button.addEventListener("click", () => order(kind));
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    const shown = document.createElement("strong");
    shown.textContent = String(count);
    button.replaceChildren(kind, shown);
  }
}
