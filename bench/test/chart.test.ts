import { describe, expect, it } from "vitest";
import { chartsOf } from "../src/chart.ts";
import { contestant, results, scenario } from "./sample-results.ts";

const hello = scenario(
  contestant("bun", [1000, 1000, 1000]),
  contestant("mantou", [500, 500, 500], { cpuMicroseconds: 40, serverBusy: 0.5 }),
  contestant("raw", [2000, 2000, 2000], { kind: "limit", loadForeign: 0.4 }),
);
const echo = { ...hello, name: "echo", title: "<&>", unit: "messages received" };

describe("chartsOf", () => {
  it("draws HTTP and WebSocket apart, and each run for itself", () => {
    const run = results(hello, echo);
    const files = chartsOf([run, run, { ...results(hello), versions: {} }, results()]);
    expect(files.map((charts) => charts.map(({ file }) => file))).toEqual([
      ["node26-http.svg", "node26-websocket.svg"],
      ["node26-2-http.svg", "node26-2-websocket.svg"],
      ["run-http.svg"],
      [],
    ]);
  });

  const [http, webSocket] = chartsOf([results(hello, echo)])[0]!.map(({ svg }) => svg);

  it("gives each bar its share of the longest, servers by their rate and then the limits", () => {
    const bars = [...http!.matchAll(/<rect x="(\d+)" [^>]*width="([\d.]+)" height="13"/g)];
    const widths = (from: string): number[] => {
      return bars.filter(([, x]) => x === from).map(([, , width]) => Number(width));
    };
    expect(widths("130")).toEqual([120, 60, 240]);
    expect(widths("530")).toEqual([60, 240, 60]);
    const names = [...http!.matchAll(/class="name">([^<]+)</g)].map(([, name]) => name);
    expect(names).toEqual(["bun", "mantou", "raw"]);
  });

  it("shows what is noisy, and whom the load held back", () => {
    expect(http!.match(/opacity="0.5"/g)).toHaveLength(2);
    expect(http).toContain(">500 ±0.0% *<");
    expect(http).toContain(">40.00 µs ±0.0%<");
  });

  it("leaves out who failed, and escapes what is no markup", () => {
    expect(webSocket).toContain("echo: &#60;&#38;&#62;, messages received/s");
    const failed = scenario(contestant("bun", [null], { error: "no" }));
    expect(chartsOf([results(failed)])[0]![0]!.svg).not.toContain("bun");
  });
});
