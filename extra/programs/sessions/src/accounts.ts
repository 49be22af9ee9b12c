import { SQLiteError } from "bun:sqlite";
import { attempt, users } from "./database.ts";

export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "Refused";
  }
}

const argon = { algorithm: "argon2id", memoryCost: 1024, timeCost: 2 } as const;
const MAX_ATTEMPTS = 4;

export async function register(email: string, password: string): Promise<number> {
  if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw new Refused(422, "an address has an @");
  if (password.length < 8) throw new Refused(422, "eight characters at least");
  // Accounts of the old system have bcrypt.
  const old = email.endsWith("@old.example");
  const hash = await Bun.password.hash(password, old ? { algorithm: "bcrypt", cost: 4 } : argon);
  try {
    return users.insert.get({ email, password: hash, created: Date.now() })!.id;
  } catch (error) {
    if (error instanceof SQLiteError && error.code === "SQLITE_CONSTRAINT_UNIQUE")
      throw new Refused(409, "there is such an account");
    throw error;
  }
}

export async function login(email: string, password: string): Promise<{ id: number; upgraded: boolean }> {
  if (attempt.immediate(email) > MAX_ATTEMPTS) throw new Refused(429, "too many attempts");
  const user = users.byEmail.get({ email });
  // The same work for an unknown address: the time says nothing.
  const good = await Bun.password.verify(password, user?.password ?? unknown);
  if (!user || !good) throw new Refused(401, "wrong address or password");
  const upgraded = user.password.startsWith("$2");
  if (upgraded) users.setPassword.run(await Bun.password.hash(password, argon), user.id);
  return { id: user.id, upgraded };
}

export async function change(id: number, from: string, to: string): Promise<void> {
  const user = users.byId.get(id)!;
  if (!(await Bun.password.verify(from, user.password))) throw new Refused(403, "the old one is wrong");
  if (to.length < 8) throw new Refused(422, "eight characters at least");
  users.setPassword.run(await Bun.password.hash(to, argon), id);
}

export const kind = (hash: string): string => /^\$(\w+)\$/.exec(hash)?.[1] ?? "none";

const unknown = Bun.password.hashSync("nobody's", argon);
