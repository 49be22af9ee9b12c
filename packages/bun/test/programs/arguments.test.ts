import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

describe("a program's arguments", () => {
  itRunsAsOnBun([
    {
      name: "process.argv and Bun.argv end with them",
      files: {
        "main.ts":
          "console.log(JSON.stringify([process.argv.slice(2), Bun.argv.slice(2), process.argv[1], Bun.main]));",
      },
      args: ["main.ts", "a", "b c"],
      prints: '[["a","b c"],["a","b c"],"$DIR/main.ts","$DIR/main.ts"]',
    },
  ]);
});
