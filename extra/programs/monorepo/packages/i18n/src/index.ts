import en from "../messages/en.json";

export type Key = keyof typeof en;
export type Locale = "en" | "de" | "ja";

const cache = new Map<Locale, Promise<Record<Key, string>>>([["en", Promise.resolve(en)]]);

export function negotiate(header: string | null): Locale {
  const wanted = (header ?? "")
    .split(",")
    .map((part) => {
      const [tag = "", q = "q=1"] = part.trim().split(";");
      return { tag: tag.split("-")[0], q: Number(q.replace("q=", "")) };
    })
    .sort((a, b) => b.q - a.q);
  return (
    (wanted.find(({ tag }) => tag === "en" || tag === "de" || tag === "ja")?.tag as Locale | undefined) ??
    "en"
  );
}

export function messages(locale: Locale) {
  let loading = cache.get(locale);
  if (!loading) {
    loading = import(`../messages/${locale}.json`).then((module) => ({ ...en, ...module.default }));
    cache.set(locale, loading);
  }
  return loading;
}

export async function t(locale: Locale, key: Key, values: Record<string, string | number> = {}) {
  const text = (await messages(locale))[key];
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}
