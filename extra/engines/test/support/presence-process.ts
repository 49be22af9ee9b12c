// An instance with members in a process of its own, under `mantou`. A line with a word asks for what it does.
//   presence-process.ts URL NAME COUNT
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { fromUrl } from "@mantou/backplane";
import { PresenceInstance } from "./presence-instance.ts";

const [url = "", name = "", count = "0"] = process.argv.slice(2);
const instance = new PresenceInstance(fromUrl(url), randomBytes(8));
for (let i = 1; i <= Number(count); i++) instance.enter(i, `${name} ${i}`);

createInterface({ input: process.stdin })
  // Any line asks for the members.
  .on("line", async () => process.stdout.write(`${JSON.stringify(await instance.members())}\n`))
  // It ends with the test, in whichever way that ends.
  .on("close", () => process.exit());
