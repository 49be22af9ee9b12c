/**
 * What an error says. Node.js gives no text to the error of a name with several addresses all of which fail, and some classes of packages
 * have nothing but their name.
 */
export function reasonOf(error: Error): string {
  if (error.message !== "") return error.message;
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const texts = errors.map((each) => (each instanceof Error ? reasonOf(each) : String(each)));
  return texts.length > 0 ? texts.join(", ") : error.constructor.name;
}
