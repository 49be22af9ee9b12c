import { Database } from "bun:sqlite";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { bearer, openAPI, username } from "better-auth/plugins";

const database = new Database(`${process.env.DATA}/auth.sqlite`, { create: true });
const mails: { to: string; url: string; kind: string }[] = [];

const auth = betterAuth({
  database,
  secret: "a secret of at least thirty-two characters",
  baseURL: { allowedHosts: ["127.0.0.1:*"] } as never,
  basePath: "/auth",
  trustedOrigins: ["https://app.example"],
  telemetry: { enabled: false },
  logger: { disabled: true },
  rateLimit: { enabled: false },
  advanced: { cookiePrefix: "app", disableCSRFCheck: false },
  user: {
    additionalFields: { colour: { type: "string", required: false, defaultValue: "blue" } },
    changeEmail: { enabled: true },
    deleteUser: { enabled: true },
  },
  emailAndPassword: {
    enabled: true,
    minPasswordLength: 10,
    password: {
      hash: (password) => Bun.password.hash(password, { algorithm: "bcrypt", cost: 4 }),
      verify: ({ hash, password }) => Bun.password.verify(password, hash),
    },
    sendResetPassword: async ({ user, url }) => void mails.push({ to: user.email, url, kind: "reset" }),
  },
  emailVerification: {
    sendVerificationEmail: async ({ user, url }) => void mails.push({ to: user.email, url, kind: "verify" }),
    autoSignInAfterVerification: true,
  },
  plugins: [username(), bearer(), openAPI()],
});

await (await getMigrations(auth.options)).runMigrations();

const server = Bun.serve({
  port: process.env.PORT,
  hostname: "127.0.0.1",
  routes: {
    "/auth/*": (request) => auth.handler(request),
    "/mails": () => Response.json(mails.splice(0)),
    "/users": () =>
      Response.json(
        database.query("select email, name, colour, emailVerified from user order by email").all(),
      ),
    "/private": async (request) => {
      const session = await auth.api.getSession({ headers: request.headers });
      return session === null
        ? new Response("sign in first", { status: 401 })
        : Response.json({ name: session.user.name, colour: session.user.colour });
    },
  },
  fetch: () => new Response(null, { status: 404 }),
});
console.log(`http://127.0.0.1:${server.port}`);
