import config from "@shop/config";
import { Currency, Money, slugify } from "@shop/core";
import { Store } from "@shop/store";

export const store = new Store();

for (const { sku, price, stock, names } of config.shop.seed) {
  store.addProduct({ sku: slugify(sku), name: names, price: Money.parse(price, Currency.EUR), stock });
}

export type Plugin = { name: string; routes: Record<string, (req: Request) => Response | Promise<Response>> };
