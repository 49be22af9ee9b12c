import { expect, it } from "vitest";
import { readVariable } from "../../src/socket/inherited.ts";

const socket = { fd: 4, name: null, address: "port 80" };
const written = (given: object): string =>
  JSON.stringify({ parent: 7, worker: 1, sockets: [socket], tickets: "secret", isApart: true, ...given });

it("the variable of a worker has its number and its sockets", () => {
  expect(readVariable(written({}), 7)).toEqual({
    worker: 1,
    free: [socket],
    tickets: "secret",
    isApart: true,
  });
  const none = { worker: null, sockets: [], tickets: null, isApart: false };
  expect(readVariable(written(none), 7)).toEqual({ worker: null, free: [], tickets: null, isApart: false });
  // An earlier version writes no isApart.
  expect(readVariable(written({ isApart: undefined }), 7)?.isApart).toBe(false);
});

it.each([
  undefined,
  "",
  "{",
  "null",
  "[]",
  "7",
  written({ parent: 8 }),
  written({ worker: 0 }),
  written({ worker: "1" }),
  written({ worker: undefined }),
  written({ sockets: null }),
  written({ sockets: "four" }),
  written({ sockets: [null] }),
  written({ sockets: [socket, 4] }),
  written({ tickets: 7 }),
  written({ tickets: undefined }),
  ...[
    { fd: -1 },
    { fd: 2 },
    { fd: 4.5 },
    { fd: "4" },
    { name: 1 },
    { address: {} },
    { address: undefined },
  ].map((wrong) => written({ sockets: [{ ...socket, ...wrong }] })),
])("what runWorkers() does not write is ignored: %s", (text) => {
  expect(readVariable(text, 7)).toBeNull();
});
