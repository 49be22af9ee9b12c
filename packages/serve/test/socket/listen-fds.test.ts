import fc from "fast-check";
import { expect, it } from "vitest";
import { runs } from "../../../../vitest.runs.ts";
import { InheritedSockets } from "../../src/socket/inherited.ts";
import { type GivenSocket, readListenFds, takeListenFds } from "../../src/socket/listen-fds.ts";

const read = (env: NodeJS.ProcessEnv): readonly GivenSocket[] => readListenFds(env, 100);

it("has no sockets without the variables, and with those of another process, whatever they say", () => {
  for (const env of [
    {},
    { LISTEN_FDS: "1" },
    { LISTEN_PID: "100" },
    { LISTEN_PID: "101", LISTEN_FDS: "many", LISTEN_FDNAMES: "::" },
    { LISTEN_PID: "100", LISTEN_FDS: "0" },
    { LISTEN_PID: "100", LISTEN_FDS: "0", LISTEN_FDNAMES: "" },
  ])
    expect(read(env)).toEqual([]);
});

it.each<[NodeJS.ProcessEnv, string]>([
  [{ LISTEN_PID: "x", LISTEN_FDS: "1" }, 'LISTEN_PID must be a number from 0 to 2147483647, not "x"'],
  [{ LISTEN_PID: "", LISTEN_FDS: "1" }, 'LISTEN_PID must be a number from 0 to 2147483647, not ""'],
  [{ LISTEN_PID: "100", LISTEN_FDS: "" }, "LISTEN_FDS must be a number"],
  [{ LISTEN_PID: "100", LISTEN_FDS: "-1" }, "LISTEN_FDS must be a number"],
  [{ LISTEN_PID: "100", LISTEN_FDS: " 1" }, "LISTEN_FDS must be a number"],
  [{ LISTEN_PID: "100", LISTEN_FDS: "1e3" }, "LISTEN_FDS must be a number"],
  [{ LISTEN_PID: "100", LISTEN_FDS: "0x1" }, "LISTEN_FDS must be a number"],
  [{ LISTEN_PID: "100", LISTEN_FDS: "2147483648" }, "LISTEN_FDS must be a number"],
  [{ LISTEN_PID: "100", LISTEN_FDS: "9".repeat(1e6) }, `not "${"9".repeat(100)}…"`],
  // The numbers of descriptors that cannot be open.
  [{ LISTEN_PID: "100", LISTEN_FDS: "2147483647" }, "LISTEN_FDS is 2147483647, but descriptor"],
  [{ LISTEN_PID: "100", LISTEN_FDS: "2", LISTEN_FDNAMES: "a" }, 'LISTEN_FDNAMES has 1 names: "a"'],
  [
    { LISTEN_PID: "100", LISTEN_FDS: "1", LISTEN_FDNAMES: "a:b" },
    "LISTEN_FDS is 1, and LISTEN_FDNAMES has 2",
  ],
])("refuses values that systemd does not write, in words: %o", (env, message) => {
  expect(() => read(env)).toThrow(message);
});

it("gives sockets that are open, or refuses with the code ERR_LISTEN_FDS, whatever the variables are", () => {
  const value = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.constantFrom(
      "",
      "0",
      "1",
      "3",
      "100",
      "2147483647",
      "4294967297",
      "1e1",
      "+1",
      "\u0661",
      "NaN",
      "::",
      "a:b",
    ),
  );
  const variable = fc.option(value, { nil: undefined });
  fc.assert(
    fc.property(variable, variable, variable, (LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES) => {
      const env = { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES };
      try {
        const count = read(env).length;
        if (count > 0) expect(LISTEN_FDS).toBe(String(count));
      } catch (error) {
        expect(error).toMatchObject({ code: "ERR_LISTEN_FDS" });
        expect((error as Error).message.length).toBeLessThan(400);
      }
    }),
    runs(1000),
  );
});

it("takes the variables out of the environment, which programs that are started inherit, unless they are faulty", () => {
  const names = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"];
  const has = (): string[] => names.filter((name) => process.env[name] !== undefined);
  for (const name of names) process.env[name] = "1";
  expect(takeListenFds()).toEqual([]);
  expect(has()).toEqual([]);
  process.env["LISTEN_PID"] = String(process.pid);
  process.env["LISTEN_FDS"] = "many";
  expect(() => takeListenFds()).toThrow("LISTEN_FDS");
  expect(has()).toEqual(["LISTEN_PID", "LISTEN_FDS"]);
  for (const name of names) delete process.env[name];
});

it("gives a server the socket of its id, else the next one, and then the one that the first worker has bound for its address", () => {
  const port = (n: number, hostname?: string) =>
    ({ port: n, hostname, unix: undefined, reusePort: false, ipv6Only: false }) as const;
  const named = (fd: number, name: string): GivenSocket => ({ fd, name, address: null });
  const bound = (fd: number, address: string): GivenSocket => ({ fd, name: null, address });
  const sockets = new InheritedSockets({
    worker: 2,
    tickets: null,
    isApart: false,
    free: [
      named(3, ""),
      named(4, "web"),
      named(5, "web"),
      bound(6, "port 1"),
      bound(7, "port 1"),
      bound(8, "port 2 of ::1"),
      bound(9, '"/a"'),
    ],
  });
  const taken = [
    sockets.take("web", port(9)),
    sockets.take("other", port(1)),
    sockets.take("", port(1)),
    sockets.take("web", port(1)),
    sockets.take("", { ...port(0), unix: "/a" }),
    sockets.take("", port(2, "::1")),
  ].map((socket) => socket?.fd);
  expect(taken).toEqual([4, 3, 5, 6, 9, 8]);
  expect(() => sockets.take("", port(2))).toThrow(
    "Worker 2 is to listen on port 2, but the first worker listens on port 1: all workers need the same addresses",
  );
  expect(sockets.take("", port(1))?.fd).toBe(7);
  // The first worker may be about to bind it.
  expect(sockets.take("", port(3))).toBeNull();
});
