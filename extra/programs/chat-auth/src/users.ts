import { compare, hash } from "bcryptjs";

export enum Role {
  Member,
  Moderator,
}

export interface User {
  name: string;
  hash: string;
  role: Role;
  banned?: boolean;
}

export class AuthError extends Error {
  constructor(
    message: string,
    public readonly status = 401,
  ) {
    super(message);
  }
}

const users = new Map<string, User>();

export async function register(name: unknown, password: unknown): Promise<User> {
  if (typeof name !== "string" || !/^[a-z][a-z0-9]{1,15}$/.test(name))
    throw new AuthError("invalid name", 422);
  if (typeof password !== "string" || password.length < 8) throw new AuthError("password too short", 422);
  if (users.has(name)) throw new AuthError("name is taken", 409);
  // the first one is the moderator
  const role = users.size === 0 ? Role.Moderator : Role.Member;
  const user: User = { name, hash: await hash(password, 4), role };
  users.set(name, user);
  return user;
}

export async function login(name: string, password: string): Promise<User> {
  const user = users.get(name);
  if (!user || !(await compare(String(password), user.hash))) throw new AuthError("wrong name or password");
  if (user.banned) throw new AuthError("banned", 403);
  return user;
}

export const find = (name: string) => users.get(name);
export const count = () => users.size;
