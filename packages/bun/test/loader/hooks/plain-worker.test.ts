import { expect, it } from "vitest";
import { CommandFolder, ended } from "../../support/command.ts";

const folder = new CommandFolder();

it("threads that hash a password, or read a Blob, do without the runtime that a program's threads load", async () => {
  folder.write(
    "main.ts",
    `import { Worker } from "node:worker_threads";
     process.on("worker", (worker) => console.log(worker.constructor === Worker));
     new Worker(new URL("./thread.ts", import.meta.url));
     const bcrypt = { algorithm: "bcrypt", cost: 4 } as const;
     await Bun.password.hash("a", bcrypt);
     Bun.password.hashSync("a", bcrypt);
     Bun.spawnSync(["cat"], { stdin: new Blob(["a"]) });`,
  );
  folder.write("thread.ts", "export const a: number = 1;");
  const running = folder.mantou("main.ts");
  expect(await ended(running), running.output).toBe(0);
  expect(running.output).toBe("true\nfalse\nfalse\nfalse\n");
});
