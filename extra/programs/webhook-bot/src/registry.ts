import "reflect-metadata";

type Constructor<T = object> = new (...args: any[]) => T;

const singletons = new Map<Constructor, object>();
const commands = new Map<string, { owner: Constructor; method: string; help: string; types: string[] }>();

/** Makes an instance, and what its constructor names by type. */
export function resolve<T extends object>(type: Constructor<T>): T {
  const made = singletons.get(type);
  if (made) return made as T;
  const needs: Constructor[] = Reflect.getMetadata("design:paramtypes", type) ?? [];
  const instance = new type(...needs.map((need) => resolve(need)));
  singletons.set(type, instance);
  return instance;
}

export function Injectable(): ClassDecorator {
  return (target) => {
    Reflect.defineMetadata("injectable", true, target);
  };
}

export function Command(name: string, help = "") {
  return (target: object, method: string, _: PropertyDescriptor) => {
    const parameters: Constructor[] = Reflect.getMetadata("design:paramtypes", target, method) ?? [];
    commands.set(name, {
      owner: target.constructor as Constructor,
      method,
      help,
      types: parameters.map((each) => each.name),
    });
  };
}

export class UsageError extends Error {}

export async function run(line: string): Promise<string> {
  const [name = "", ...words] = line.trim().split(/\s+/);
  const command = commands.get(name.toLowerCase());
  if (!command) throw new UsageError(`I don't know "${name}". Try "help".`);
  const args = command.types.map((type, i) => {
    const word = words[i];
    if (word === undefined) throw new UsageError(`${name} needs ${command.types.length} arguments`);
    if (type !== "Number") return word;
    const number = Number(word);
    if (Number.isNaN(number)) throw new UsageError(`"${word}" is not a number`);
    return number;
  });
  const owner = resolve(command.owner) as Record<string, (...args: unknown[]) => unknown>;
  return String(await owner[command.method]!(...args));
}

export const helpText = () =>
  [...commands]
    .map(([name, { help, types }]) =>
      [name, ...types.map((type) => `<${type.toLowerCase()}>`), "-", help].join(" "),
    )
    .join("\n");
