/**
 * Reads PostgreSQL's text of an array: https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO. The package `postgres` has a reader, too,
 * but no export of it.
 * @throws SyntaxError for text that ends within it
 */
export function parseArray(text: string, parse: (text: string) => unknown, delimiter: string): unknown[] {
  // Bounds that do not begin with 1 stand in front: `[0:1]={1,2}`.
  let at = text.startsWith("[") ? text.indexOf("=") + 1 : 0;
  const list = (): unknown[] => {
    const items: unknown[] = [];
    at++;
    while (text[at] !== "}") {
      if (text[at] === "{") items.push(list());
      else if (text[at] === '"') items.push(parse(quoted()));
      else items.push(plain());
      if (text[at] === delimiter) at++;
      if (at >= text.length) throw new SyntaxError("Malformed array text");
    }
    at++;
    return items;
  };
  const quoted = (): string => {
    let value = "";
    for (at++; text[at] !== '"'; at++) {
      if (at >= text.length) throw new SyntaxError("Malformed array text");
      if (text[at] === "\\") at++;
      value += text[at];
    }
    at++;
    return value;
  };
  const plain = (): unknown => {
    const start = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== "}") at++;
    const value = text.slice(start, at);
    return value === "NULL" ? null : parse(value);
  };
  return list();
}
