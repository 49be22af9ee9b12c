import { violationText } from "./report/violation.ts";
import { http1Rules } from "./rules/http1/index.ts";
import type { Requirement } from "./rules/rule.ts";
import { websocketRules } from "./rules/websocket/index.ts";
import { type CheckOptions, start } from "./run/check.ts";
import { isWebSocketURL } from "./target/target.ts";

/** `describe` and `test` of vitest, node:test and others. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly test: (name: string, body: () => Promise<void>) => unknown;
}

/**
 * Declares a test for each rule. A test fails with the violation's report; a rule that does not apply to the target passes.
 *
 * @param url of the server, or a function that gives it when a test begins
 * @param options `websocket` is the URL of a WebSocket echo, whose rules are declared too; a ws URL in place of `url` means them only
 */
export function conformanceTests(
  runner: TestRunner,
  url: string | (() => string | Promise<string>),
  { websocket, ...options }: CheckOptions = {},
): void {
  const isWebSocket = typeof url === "string" && isWebSocketURL(url);
  if (!isWebSocket) declare(runner, "HTTP/1.1 (RFC 9110, RFC 9112)", http1Rules, url, options);
  const second = isWebSocket ? url : websocket;
  if (second !== undefined)
    declare(runner, "WebSocket (RFC 6455, RFC 7692)", websocketRules, second, options);
}

function declare(
  { describe, test }: TestRunner,
  title: string,
  rules: readonly Requirement[],
  url: string | (() => string | Promise<string>),
  options: CheckOptions,
): void {
  describe(title, () => {
    for (const { id, says } of rules) {
      if (options.skip?.some((name) => id.includes(name))) continue;
      if (options.only !== undefined && !options.only.some((name) => id.includes(name))) continue;
      test(`${id}: ${says}`, async () => {
        const address = typeof url === "string" ? url : await url();
        const { verdicts } = await start(address, { ...options, only: [id] });
        for await (const verdict of verdicts) {
          if (verdict.kind === "broken") throw new Error(violationText(verdict));
          if (verdict.kind === "unknown") throw new Error(verdict.reason);
        }
      });
    }
  });
}
