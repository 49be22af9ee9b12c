import { createAuthClient } from "better-auth/client";
import { inferAdditionalFields, usernameClient } from "better-auth/client/plugins";
import type { Service } from "../../test/support/service.ts";

const PASSWORD = "correct horse battery";

export default async function client(service: Service): Promise<void> {
  const jar = new Map<string, string>();
  const api = createAuthClient({
    baseURL: `${service.url}/auth`,
    plugins: [
      usernameClient(),
      inferAdditionalFields({ user: { colour: { type: "string", required: false } } }),
    ],
    fetchOptions: {
      headers: { origin: service.url },
      onRequest: (context) => {
        const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
        if (cookie !== "") context.headers.set("cookie", cookie);
        return context;
      },
      onResponse: ({ response }) => keep(jar, response),
    },
  });
  const page = (): Promise<string> =>
    service.ask("GET /private", { headers: { cookie: [...jar].map((pair) => pair.join("=")).join("; ") } });

  service.note("no session", shown(await api.getSession()));
  service.note(
    "a short password",
    shown(await api.signUp.email({ email: "ada@app.example", password: "short", name: "Ada" } as never)),
  );
  service.note(
    "signs up",
    shown(
      await api.signUp.email({
        email: "ada@app.example",
        password: PASSWORD,
        name: "Ada Ünal",
        username: "ada_1",
        colour: "green",
      } as never),
    ),
  );
  service.note("cookies", [...jar.keys()]);
  await page();
  service.note(
    "again",
    shown(await api.signUp.email({ email: "ADA@app.example", password: PASSWORD, name: "A" } as never)),
  );
  service.note("session", shown(await api.getSession()));
  service.note("renames", shown(await api.updateUser({ name: "Ada L." })));
  await page();
  service.note("signs out", shown(await api.signOut()));
  await page();
  service.note(
    "a wrong password",
    shown(await api.signIn.email({ email: "ada@app.example", password: "wrong password" })),
  );
  service.note("by name", shown(await api.signIn.username({ username: "ADA_1", password: PASSWORD })));
  service.note("sessions", ((await api.listSessions()).data ?? []).length);
  service.note("verify", shown(await api.sendVerificationEmail({ email: "ada@app.example" })));
  await follow(service, jar);
  service.note(
    "changes its password",
    shown(
      await api.changePassword({
        currentPassword: PASSWORD,
        newPassword: `${PASSWORD} 2`,
        revokeOtherSessions: true,
      }),
    ),
  );
  service.note(
    "the old one",
    shown(await api.signIn.email({ email: "ada@app.example", password: PASSWORD })),
  );
  await service.ask("GET /users");
  await raw(service, jar);
  service.note("deletes", shown(await api.deleteUser({ password: `${PASSWORD} 2` })));
  await service.ask("GET /users");
}

/** The link of the mail that the program has sent. */
async function follow(service: Service, jar: Map<string, string>): Promise<void> {
  const [mail] = (await (await fetch(`${service.url}/mails`)).json()) as {
    to: string;
    url: string;
    kind: string;
  }[];
  service.note("a mail", { to: mail?.to, kind: mail?.kind, path: new URL(mail!.url).pathname });
  const response = await fetch(mail!.url, { redirect: "manual" });
  keep(jar, response);
  service.note("verified", [
    response.status,
    response.headers.get("location"),
    response.headers.getSetCookie().length,
  ]);
}

/** What a client of another kind sends. */
async function raw(service: Service, jar: Map<string, string>): Promise<void> {
  const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
  await service.ask("GET /auth/ok");
  await service.ask("GET /auth/none");
  await service.ask("GET /auth/sign-in/email");
  const signIn = (
    headers: Record<string, string>,
    body = JSON.stringify({ email: "x@app.example", password: "a".repeat(12) }),
  ) =>
    service.ask("POST /auth/sign-in/email", {
      body,
      headers: { "content-type": "application/json", ...headers },
    });
  await signIn({ origin: service.url });
  await signIn({ origin: "https://evil.example", cookie });
  await signIn({ origin: service.url }, "{");
  await signIn({ "content-type": "text/plain", origin: service.url });
  await service.ask("GET /private", { headers: { cookie: cookie.replace(/token=.{5}/, "token=forged") } });
}

function keep(jar: Map<string, string>, response: Response): void {
  for (const line of response.headers.getSetCookie()) {
    const [pair = "", ...attributes] = line.split("; ");
    const at = pair.indexOf("=");
    if (attributes.includes("Max-Age=0")) jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/** An answer, without what is made at random. */
function shown({ data, error }: { data: unknown; error: unknown }): unknown {
  // The reason phrase is the program's only in Mantou: the row of `statusText` in docs/differences-from-bun.md.
  const random = /^(statusText|id|userId|token|ipAddress|userAgent|createdAt|updatedAt|expiresAt)$/;
  const text = JSON.stringify(data ?? error, (key, value: unknown) =>
    random.test(key) ? `<${value === null ? null : typeof value}>` : value,
  );
  return text === undefined ? null : (JSON.parse(text) as unknown);
}
