import jwt, { JsonWebTokenError, JwtPayload, sign, TokenExpiredError, verify } from "jsonwebtoken";
import { AuthError, find, Role, User } from "./users";

const secret = process.env.JWT_SECRET as string;

export interface Claims extends JwtPayload {
  sub: string;
  role: keyof typeof Role;
}

export function issue(user: User) {
  return sign({ role: Role[user.role] }, secret, { subject: user.name, expiresIn: "1h", issuer: "chat" });
}

export function check(token: string | undefined | null): User {
  if (!token) throw new AuthError("not logged in");
  let claims: Claims;
  try {
    claims = verify(token, secret, { issuer: "chat", algorithms: ["HS256"] }) as Claims;
  } catch (error) {
    if (error instanceof TokenExpiredError) throw new AuthError("the session has expired");
    if (error instanceof JsonWebTokenError) throw new AuthError(error.message);
    throw error;
  }
  const user = find(claims.sub);
  if (!user || user.banned) throw new AuthError("no such user", 403);
  return user;
}

export const peek = (token: string) => jwt.decode(token, { complete: true });
