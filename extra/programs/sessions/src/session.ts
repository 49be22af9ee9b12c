import type { BunRequest } from "bun";
import { Refused } from "./accounts.ts";
import { Session, sessions } from "./database.ts";

const LIFETIME = Number(Bun.env.LIFETIME ?? 3600) * 1000;

/** The database has the hash alone: what leaks from it opens nothing. */
const idOf = (token: string): string => new Bun.CryptoHasher("sha256").update(token).digest("hex");

export function open(req: BunRequest, user: number): string {
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
  const csrf = crypto.randomUUID();
  sessions.sweep.run(Date.now());
  sessions.insert.run({ id: idOf(token), user, csrf, expires: Date.now() + LIFETIME });
  req.cookies.set("sid", token, { httpOnly: true, sameSite: "lax", maxAge: LIFETIME / 1000 });
  return csrf;
}

/** @throws Refused without a session that is valid */
export function current(req: BunRequest): Session {
  const token = req.cookies.get("sid");
  const session = token ? sessions.find.get(idOf(token)) : null;
  if (!session || session.isExpired) {
    if (token) req.cookies.delete("sid");
    throw new Refused(401, "log in first");
  }
  if (req.method !== "GET" && req.headers.get("x-csrf") !== session.csrf)
    throw new Refused(403, "wrong csrf token");
  return session;
}

export function save(session: Session, data: unknown): void {
  sessions.save.run({ id: session.id, data: JSON.stringify(data), expires: Date.now() + LIFETIME });
}

export function close(req: BunRequest, session: Session): void {
  sessions.remove.run(session.id);
  req.cookies.delete("sid");
}
