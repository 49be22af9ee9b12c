import { describe, expect, it } from "vitest";
import { parseWrk, wrkCanSend } from "../../src/load/wrk.ts";
import type { HttpScenario } from "../../src/scenario.ts";
import { findScenario } from "../../src/scenarios.ts";

const output = `Running 2s test @ http://127.0.0.1:8080/
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   387.01us  120.12us   5.67ms   91.53%
    Req/Sec   165.72k     3.10k  170.01k    65.00%
  Latency Distribution
     50%  371.00us
     75%  402.00us
     90%    1.25ms
     99%    2.50ms
  329799 requests in 2.00s, 45.29MB read
Requests/sec: 164899.12
Transfer/sec:     22.64MB
`;

describe("parseWrk", () => {
  it("reads the total, the time and the quantiles in microseconds", () => {
    expect(parseWrk(output)).toEqual({
      requests: 329_799,
      seconds: 2,
      p50Microseconds: 371,
      p99Microseconds: 2_500,
    });
  });

  it("knows wrk's other units", () => {
    const slow = output
      .replace("2.50ms", "1.20s ")
      .replace("in 2.00s", "in 1.50m")
      .replace("371.00us", "1.50m ");
    expect(parseWrk(slow)).toMatchObject({ seconds: 90, p99Microseconds: 1.2e6, p50Microseconds: 90e6 });
  });

  it("does not take the 99% of the spread's column for the quantile", () => {
    expect(parseWrk(output.replace("91.53%", "99%")).p99Microseconds).toBe(2_500);
  });

  it("refuses a run with errors: its rate counts requests that were not served", () => {
    const socket = "  Socket errors: connect 0, read 12, write 0, timeout 3\n";
    const status = "  Non-2xx or 3xx responses: 329799\n";
    expect(() => parseWrk(output.replace("Requests/sec", `${socket}Requests/sec`))).toThrow("read 12");
    expect(() => parseWrk(output.replace("Requests/sec", `${status}Requests/sec`))).toThrow(
      "responses: 329799",
    );
  });

  it("says what is missing", () => {
    expect(() => parseWrk("")).toThrow("no total");
    expect(() => parseWrk(output.replace("     99%", "     98%"))).toThrow("no 99% latency");
  });
});

describe("wrkCanSend", () => {
  it("is true for what asks again and again on a connection, without content", () => {
    const can = (name: string): boolean => wrkCanSend(findScenario(name) as HttpScenario);
    expect(["hello", "hello-browser", "hello-tls", "file-1m"].filter((name) => !can(name))).toEqual([]);
    expect(["json", "upload-1m", "connections", "tls-handshakes", "file-1g"].filter(can)).toEqual([]);
  });
});
