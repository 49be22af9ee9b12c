import { describe, expect, it } from "vitest";
import { analyse, percent } from "../src/analysis.ts";
import { ratio } from "../src/format.ts";
import { contestant, scenario } from "./sample-results.ts";

describe("the verdict", () => {
  it("names the leader with the range of its ratio to the second", () => {
    const { verdict } = analyse(
      scenario(
        contestant("a", [100, 100, 100]),
        contestant("b", [120, 121, 122]),
        contestant("c", [50, 50, 50]),
      ),
    );
    expect(verdict).toBe("b leads with 1.21× (1.20–1.22) the rate of a.");
  });

  it("names none when rounds disagree about who is faster", () => {
    const { verdict } = analyse(scenario(contestant("a", [100, 100, 100]), contestant("b", [99, 101, 102])));
    expect(verdict).toBe("No leader: b to a is 1.01× (0.99–1.02), within the noise.");
  });

  it("names none when the ratio of the two varies, however large it is", () => {
    const { verdict, rows } = analyse(
      scenario(contestant("a", [100, 100, 100]), contestant("b", [200, 250, 300])),
    );
    expect(verdict).toBe("Too noisy to name a leader, see b.");
    expect(rows[1]?.noise).toEqual(["the middle half of its rounds spans 20 %"]);
  });

  it("is not disturbed by a drift that both follow", () => {
    const { verdict, rows } = analyse(
      scenario(contestant("a", [100, 150, 200]), contestant("b", [200, 300, 400])),
    );
    expect(verdict).toMatch(/^b leads with 2\.00×/);
    expect(rows.flatMap((row) => row.noise)).toEqual([]);
  });

  it("sees that leader and second vary against each other though each is steady against a third", () => {
    const { verdict } = analyse(
      scenario(
        contestant("base", [100, 100, 100, 100, 100]),
        contestant("a", [300, 300, 312, 312, 306]),
        contestant("b", [290, 290, 279, 279, 285]),
      ),
    );
    expect(verdict).toMatch(/^Too noisy to name a leader: from round to round a to b varies by/);
  });

  for (const [field, core] of [
    ["serverForeign", "server"],
    ["loadForeign", "load"],
  ] as const) {
    it(`names none when others used the ${core}'s core`, () => {
      const { verdict, rows } = analyse(
        scenario(contestant("a", [100, 100, 100]), contestant("b", [200, 200, 200], { [field]: 0.2 })),
      );
      expect(verdict).toBe("Too noisy to name a leader, see b.");
      expect(rows[1]?.noise).toEqual([`others took 20 % of the ${core}'s core`]);
    });
  }

  it("does not let a limit lead, nor its noise prevent a leader", () => {
    const { verdict } = analyse(
      scenario(
        contestant("a", [100, 100, 100]),
        contestant("b", [120, 120, 120]),
        contestant("raw", [900, 400, 100], { kind: "limit", serverForeign: 0.5 }),
      ),
    );
    expect(verdict).toMatch(/^b leads/);
  });

  it("wants three rounds, and two servers", () => {
    expect(analyse(scenario(contestant("a", [1, 1]), contestant("b", [2, 2]))).verdict).toMatch("too few");
    expect(analyse(scenario(contestant("a", [1, 1, 1]))).verdict).toBe("");
  });

  it("warns that a leader which waited for the load could do more", () => {
    const idle = analyse(
      scenario(contestant("a", [100, 100, 100]), contestant("b", [200, 200, 200], { serverBusy: 0.7 })),
    );
    expect(idle.verdict).toMatch("b leads with 2.00× (2.00–2.00) the rate of a. The load held it back");
  });

  it("does not say that a second which waited for the load is slower", () => {
    const waiting = contestant("a", [100, 100, 100], { serverBusy: 0.7 });
    const busy = analyse(scenario(waiting, contestant("b", [200, 200, 200])));
    expect(busy.verdict).toMatch("The load held a back: these rates do not say which is faster");
    const both = analyse(scenario(waiting, contestant("b", [200, 200, 200], { serverBusy: 0.7 })));
    expect(both.verdict).toMatch("The load held both back: these rates do not say which is faster");
  });
});

describe("rows", () => {
  it("compare with the base's neighbouring rounds, and not the base with itself", () => {
    const { rows } = analyse(
      scenario(contestant("a", [100, 200, 300]), contestant("b", [50, 100, 150], { cpuMicroseconds: 20 })),
    );
    expect(rows[0]).toMatchObject({ name: "a", isBase: true, ratios: undefined });
    expect(rows[0]?.values.rate).toMatchObject({ median: 200, low: 100, high: 300 });
    expect(rows[1]?.ratios?.rate).toEqual({ median: 0.5, low: 0.5, high: 0.5, spread: 0, count: 3 });
    expect(rows[1]?.ratios?.cpu.median).toBe(2);
    expect(rows[1]?.ratios?.memory.median).toBe(1);
  });

  it("have no ratio to a base whose value is 0: under pipelining wrk gives no percentiles", () => {
    const { rows } = analyse(
      scenario(contestant("a", [100, 100, 100], { p99Microseconds: 0 }), contestant("b", [200, 200, 200])),
    );
    const ratios = rows[1]?.ratios;
    expect(ratios?.p99.count).toBe(0);
    expect(ratios && ratio(ratios.p99)).toBe("–");
    expect(ratios && ratio(ratios.rate)).toBe("2.00× ±0.0%");
  });

  it("tell where the load held the server back: the server idled, or the load was the busier of the two", () => {
    const heldBack = (serverBusy: number, loadBusy: number): boolean | undefined => {
      return analyse(scenario(contestant("a", [100, 100, 100], { serverBusy, loadBusy }))).rows[0]?.heldBack;
    };
    expect(heldBack(0.99, 0.5)).toBe(false);
    expect(heldBack(0.95, 0.95)).toBe(false);
    expect(heldBack(0.89, 0.5)).toBe(true);
    expect(heldBack(0.97, 0.99)).toBe(true);
    expect(heldBack(1, 0.99)).toBe(false);
  });

  it("use the rounds there are when some failed, and pair them rightly", () => {
    const { rows, failures } = analyse(
      scenario(
        contestant("a", [100, 200, 400]),
        contestant("b", [100, null, 800], { error: "it fell over" }),
      ),
    );
    expect(rows[1]?.values.rate.median).toBe(450);
    expect(rows[1]?.ratios?.rate).toMatchObject({ low: 1, high: 2 });
    expect(failures).toEqual([{ name: "b", error: "it fell over" }]);
  });

  it("are left out for a contestant that never finished, and have no ratios to such a base", () => {
    const { rows } = analyse(
      scenario(contestant("a", [null, null], { error: "no" }), contestant("b", [100, 100])),
    );
    expect(rows.map((row) => row.name)).toEqual(["b"]);
    expect(rows[0]?.ratios).toBeUndefined();
  });

  it("judge a lone contestant by its own spread", () => {
    expect(analyse(scenario(contestant("a", [100, 150, 200]))).rows[0]?.noise).toHaveLength(1);
  });
});

describe("percent", () => {
  it("shows a decimal where it matters", () => {
    expect([0, 0.031, 0.5, 1].map(percent)).toEqual(["0.0 %", "3.1 %", "50 %", "100 %"]);
  });
});
