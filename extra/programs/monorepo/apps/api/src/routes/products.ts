import { store } from "@api/context";
import { reply } from "@api/reply";
import { Currency, Money, Product, slugify } from "@shop/core";
import { Locale, negotiate } from "@shop/i18n";

const view = ({ sku, name, price, stock }: Product, locale: Locale) => ({
  sku,
  name: name[locale] ?? name.en,
  price: price.format(locale),
  available: stock > 0,
});

export const list = {
  "/products": {
    GET: (req: Request) => {
      const locale = negotiate(req.headers.get("accept-language"));
      return Response.json(
        store.allProducts().map((each) => view(each, locale)),
        { headers: { "Content-Language": locale, Vary: "Accept-Language" } },
      );
    },
    POST: async (req: Request) => {
      if (req.headers.get("x-admin") !== process.env.ADMIN_TOKEN)
        return Response.json({ error: "admins only" }, { status: 403 });
      const {
        name,
        price,
        stock = 0,
      } = (await req.json()) as { name: string; price: string; stock?: number };
      const made = store.addProduct({
        sku: slugify(name),
        name: { en: name },
        price: Money.parse(price, Currency.EUR),
        stock,
      });
      return reply(made, 201);
    },
  },
  "/products/:sku": (req: Bun.BunRequest<"/products/:sku">) => reply(store.product(req.params.sku)),
};
