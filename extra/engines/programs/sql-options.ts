// The options that come of arguments, URLs and the environment.
import { SQL } from "bun";

for (const name of ["DATABASE_URL", "REDIS_URL"]) delete process.env[name];
const failure = (error: unknown): string => {
  const { name, message, code } = error as Error & { code?: string };
  return `${name} ${message} ${code}`;
};
const cases: unknown[][] = [
  ["postgres://u:p%40@h:1/d"],
  [{}],
  [
    {
      hostname: "h",
      idleTimeout: 5,
      connectionTimeout: 3,
      maxLifetime: 9,
      max: 4,
      bigint: true,
      connection: { a: "b" },
    },
  ],
  [
    "postgres://h/d?sslmode=verify-full&application_name=x&search_path=app&keepalives=1&connect_timeout=7&max=3&prepare=false",
  ],
  ["localhost:5432/mydb"],
  ["postgres:///db"],
  [{ url: "postgres://a@b/c", tls: true }],
  [{ tls: { ca: "x" } }],
  [{ path: "/tmp", port: 55432 }],
  ["postgres://u@h/d?sslmode=prefer", { hostname: "k" }],
  [new URL("postgres://u@h:5/d")],
  ["sqlite://a.db?mode=ro"],
  [{ adapter: "sqlite" }],
  [{ filename: "x.db", bigint: true }],
  ["postgres://a:b@h/d", { password: "zz", user: "q", db: "dd", host: "hh" }],
  [{ socket: "/no/such/socket" }],
  [""],
  ["postgres://"],
  [undefined, { adapter: "sqlite" }],
  [null],
  [5],
  [{ adapter: "postgres", filename: "x" }],
  ["x.db", { adapter: "sqlite" }],
  ["postgres://h?sslmode=allow"],
  ["postgres://h/d?ssl=true"],
  ["postgres://h/d", { channelBinding: "zz" }],
];
for (const [i, c] of cases.entries()) {
  try {
    const s = new SQL(...(c as [SQL.Options]));
    console.log(
      i,
      JSON.stringify(s.options, (_, v) => (typeof v === "function" ? "fn" : v === undefined ? "UNDEF" : v)),
    );
  } catch (e) {
    console.log(i, "!", failure(e));
  }
}
const envs: (Record<string, unknown> & { opt?: object })[] = [
  { DATABASE_URL: "postgres://a@b/c" },
  { PGHOST: "hh", PGPORT: "7", PGUSER: "uu", PGPASSWORD: "pp", PGDATABASE: "dd" },
  { PGHOST: "hh", DATABASE_URL: "postgres://x/y", PGDATABASE: "dd" },
  { POSTGRES_URL: "postgres://a/p", DATABASE_URL: "postgres://a/d" },
  { PGURL: "pgurl:4/x", PG_URL: "zz" },
  { TLS_DATABASE_URL: "postgres://a/b" },
  { SQLITE_URL: "./x.db" },
  { DATABASE_URL: ":memory:" },
  { DATABASE_URL: "file:///abs/x.sqlite" },
  { PGSSLMODE: "require" },
  { PGCONNECT_TIMEOUT: "4", PGAPPNAME: "app", PGOPTIONS: "-c x=y" },
  { DATABASE_URL: "sqlite://a.db", PGHOST: "z" },
  { PGUSERNAME: "one", PGUSER: "two" },
  { PGHOST: "/tmp" },
  { DATABASE_URL: "postgres://a/b", SQLITE_URL: "x.db", opt: { adapter: "sqlite" } },
  { DATABASE_URL: "sqlite://x.db", opt: { adapter: "postgres" } },
  { DATABASE_URL: "sqlite://x.db", opt: { hostname: "q" } },
  {
    DATABASE_URL: "postgres://app:secret@primary:6543/shop?sslmode=verify-full",
    opt: { hostname: "replica" },
  },
  { PGPORT: "zz" },
  { MYSQL_URL: "mysql://a/b", opt: { adapter: "postgres" } },
];
const known = [
  "DATABASE_URL",
  "TLS_DATABASE_URL",
  "POSTGRES_URL",
  "PGURL",
  "PG_URL",
  "SQLITE_URL",
  "PGHOST",
  "PGPORT",
  "PGUSER",
  "PGUSERNAME",
  "PGPASSWORD",
  "PGDATABASE",
  "PGSSLMODE",
  "PGCONNECT_TIMEOUT",
  "PGAPPNAME",
  "PGOPTIONS",
  "MYSQL_URL",
];
for (const { opt, ...e } of envs) {
  for (const k of known) delete process.env[k];
  Object.assign(process.env, e);
  try {
    const s = new SQL(opt);
    console.log(
      JSON.stringify(e),
      JSON.stringify(s.options, (_, v) => (typeof v === "function" ? "fn" : v === undefined ? "UNDEF" : v)),
    );
  } catch (x) {
    console.log(JSON.stringify(e), "!", failure(x));
  }
}
