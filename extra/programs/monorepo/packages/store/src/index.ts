import config from "@shop/config";
import { Currency, Money, Order, Product, result, Status, transitions } from "@shop/core";
import { Memory } from "#driver";
import { log } from "#log/log";

const { Err, Ok } = result;

export class Store {
  accessor reads = 0;
  static #instances = 0;
  static {
    log(`store for ${config.shop.name}`);
  }

  readonly number = ++Store.#instances;
  private products = new Memory<Product>();
  private orders = new Memory<Order>();

  addProduct(product: Product) {
    if (this.products.has(product.sku)) return new Err("conflict", `${product.sku} exists`);
    this.products.set(product.sku, product);
    return new Ok(product);
  }

  product(sku: string) {
    this.reads++;
    const product = this.products.get(sku);
    return product ? new Ok(product) : new Err("missing", `no product ${sku}`);
  }

  allProducts() {
    return this.products.values();
  }

  place(id: string, lines: Order["lines"]) {
    if (lines.length === 0 || lines.length > config.shop.limits.lines)
      return new Err("invalid", `1 to ${config.shop.limits.lines} lines`);
    let total = Money.zero(Currency[config.shop.currency as keyof typeof Currency]);
    for (const { sku, count } of lines) {
      const found = this.product(sku);
      if (!found.ok) return found;
      if (!(count > 0) || count > found.value.stock)
        return new Err("invalid", `${found.value.stock} of ${sku} in stock`);
      total = total.plus(found.value.price.times(count));
    }
    for (const { sku, count } of lines) this.products.get(sku)!.stock -= count;
    const order: Order = { id, lines, total, placed: new Date().toISOString(), status: "new" };
    this.orders.set(id, order);
    return new Ok(order);
  }

  order(id: string) {
    const order = this.orders.get(id);
    return order ? new Ok(order) : new Err("missing", `no order ${id}`);
  }

  advance(id: string, status: Status) {
    const found = this.order(id);
    if (!found.ok) return found;
    const allowed: readonly Status[] = transitions[found.value.status];
    if (!allowed.includes(status))
      return new Err("conflict", `${found.value.status} cannot become ${status}`);
    found.value.status = status;
    return found;
  }
}
