import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Chart, isChart } from "../src/chart.ts";
import { derive } from "../src/derive.ts";
import { heroOf } from "../src/hero.ts";
import { page } from "../src/markdown.ts";
import type { Results } from "../src/results.ts";
import { contestant, results, scenario } from "./sample-results.ts";

const hello = scenario(
  contestant("bun", [1000, 1000, 1000]),
  contestant("mantou", [500, 500, 500], { cpuMicroseconds: 40, serverBusy: 0.5 }),
  contestant("node:http", [400, 400, 400], { cpuMicroseconds: 41 }),
  contestant("raw", [2000, 2000, 2000], { kind: "limit", loadForeign: 0.4 }),
);
const echo = { ...hello, name: "echo", title: "<&>", unit: "messages received" };
const chartsOf = (...runs: Results[]): Chart[] => derive(page(runs)).charts;

describe("the charts of a page", () => {
  it("draws HTTP and WebSocket apart, and each run for itself", () => {
    const run = results(hello, echo);
    const charts = chartsOf(run, run, { ...results(hello), versions: {} }, results());
    expect(charts.map(({ file }) => file)).toEqual([
      "node26-http.svg",
      "node26-websocket.svg",
      "node26-2-http.svg",
      "node26-2-websocket.svg",
      "run-http.svg",
    ]);
  });

  const [http, webSocket] = chartsOf(results(hello, echo)).map(({ svg }) => svg);

  it("gives each bar its share of the longest, servers by their rate and then the limits", () => {
    const bars = [...http!.matchAll(/<rect x="(\d+)" [^>]*width="([\d.]+)" height="13"/g)];
    const widths = (from: string): number[] => {
      return bars.filter(([, x]) => x === from).map(([, , width]) => Number(width));
    };
    expect(widths("130")).toEqual([120, 60, 48, 240]);
    expect(widths("530")).toEqual([58.5, 234.1, 240, 58.5]);
    const names = [...http!.matchAll(/class="name">([^<]+)</g)].map(([, name]) => name);
    expect(names).toEqual(["bun", "mantou", "node:http", "raw"]);
  });

  it("says what it shows: in how many scenarios Mantou takes less CPU time, and how much in each", () => {
    const cheap = contestant("mantou", [500, 500, 500], { cpuMicroseconds: 5 });
    const [{ title }, ...others] = chartsOf(results(hello, scenario(contestant("bun", [1000]), cheap))) as [
      Chart,
    ];
    expect(others).toEqual([]);
    expect(title).toBe(
      "HTTP on Node.js 26.10.0. Mantou takes less CPU time than Bun in 1 of 2 scenarios, more in 1. " +
        "Mantou takes less CPU time than node:http in none of 1 scenarios, as much in 1",
    );
    expect(http).toContain(">hello: Mantou's CPU time is 4.00× that of Bun, as much as node:http<");
  });

  it("shows what is noisy, and what the load held back", () => {
    expect(http!.match(/opacity="0.5"/g)).toHaveLength(2);
    expect(http).toContain(">500 ±0.0% *<");
    expect(http).toContain(">40.00 µs ±0.0%<");
  });

  it("leaves out what failed, and escapes what is no markup", () => {
    expect(webSocket).toContain("&#60;&#38;&#62;, messages received/s");
    const failed = scenario(contestant("bun", [null], { error: "no" }), contestant("ws", [1, 1, 1]));
    expect(chartsOf(results(failed))[0]!.svg).not.toContain("bun");
  });

  it("replaces the charts that the page has", () => {
    const once = derive(page([results(hello, echo)])).page;
    expect(once.match(/^!\[/gm)).toHaveLength(2);
    expect(derive(once.replace(/^!\[HTTP[^\]]*/m, "![old")).page).toBe(once);
  });
});

describe("heroOf", () => {
  it("has a bar for each server and for the limit, in light and dark, under what they show", () => {
    const { finding, files } = heroOf(page([results(hello)]))!;
    expect(finding).toBe(
      "Mantou serves 0.5 times as many requests a second as Bun, 1.3 times as many as node:http",
    );
    expect(files.map(({ file }) => file)).toEqual(["hero-light.svg", "hero-dark.svg"]);
    for (const { svg } of files) expect(svg.match(/<rect /g)).toHaveLength(4);
    expect(heroOf(page([results(echo)]))).toBeUndefined();
  });
});

describe("the summaries and charts in docs", () => {
  const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  const text = read("docs/benchmarks.md");
  const drawn = derive(text);
  const hero = heroOf(text)!;

  it("show what the tables of the page say: `node bench/dist/main.js --charts` makes them", () => {
    expect(drawn.page).toBe(text);
    for (const { file, svg } of [...drawn.charts, ...hero.files])
      expect(read(`docs/charts/${file}`), file).toBe(svg);
  });

  it("are all of the charts there, but for the README's", () => {
    const there = readdirSync(new URL("../../docs/charts", import.meta.url)).filter(isChart);
    expect(there.sort()).toEqual(drawn.charts.map(({ file }) => file).sort());
  });

  it("are in the README with their finding", () => {
    expect(read("README.md")).toContain(`alt="${hero.finding}"`);
  });
});
