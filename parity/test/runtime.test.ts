import { expect, it } from "vitest";
import { RuntimeHost } from "../src/runtime.ts";

it("a host that does not run is an error, at once and later", async () => {
  const host = new RuntimeHost("/bin/false", "default");
  await expect(host.start("routing", "x")).rejects.toThrow("the host ended with 1");
  await expect(host.notes(1, 1)).rejects.toThrow("the host ended with 1");
  await host.close();
});

it("a scenario that does not exist is an error", async () => {
  const host = new RuntimeHost(process.execPath, "default");
  await expect(host.start("routing", "x")).rejects.toThrow("no scenario routing: x");
  await host.close();
});
