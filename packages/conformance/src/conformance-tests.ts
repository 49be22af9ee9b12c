import { violationText } from "./report/violation.ts";
import { http1Rules } from "./rules/http1/index.ts";
import { proxyRules } from "./rules/proxy/index.ts";
import type { Requirement } from "./rules/rule.ts";
import { viaRules } from "./rules/via/index.ts";
import { websocketRules } from "./rules/websocket/index.ts";
import { type CheckOptions, isSelected, requireNames, start } from "./run/check.ts";
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
 * @param options `websocket` is the URL of a WebSocket echo, whose rules are declared too; a ws URL in place of `url` means them only.
 *   `origin` and `proxyProtocol` mean the rules of proxies and of the PROXY protocol in place of those of servers
 * @throws RangeError for a name in `only` or `skip` that no rule has
 */
export function conformanceTests(
  runner: TestRunner,
  url: string | (() => string | Promise<string>),
  { websocket, ...options }: CheckOptions = {},
): void {
  requireNames(options);
  if (options.origin !== undefined) {
    declare(runner, "Proxies (RFC 9110, RFC 9112)", viaRules, url, options);
    return;
  }
  if (typeof url === "string" && isWebSocketURL(url)) {
    declare(runner, WEBSOCKET, websocketRules, url, options);
    return;
  }
  if (options.proxyProtocol === true) declare(runner, "The PROXY protocol", proxyRules, url, options);
  else declare(runner, "HTTP/1.1 (RFC 9110, RFC 9112)", http1Rules, url, options);
  // `path` is that of the HTTP requests.
  const { path: _, ...others } = options;
  if (websocket !== undefined) declare(runner, WEBSOCKET, websocketRules, websocket, others);
}

const WEBSOCKET = "WebSocket (RFC 6455, RFC 7692)";

function declare(
  { describe, test }: TestRunner,
  title: string,
  rules: readonly Requirement[],
  url: string | (() => string | Promise<string>),
  options: CheckOptions,
): void {
  describe(title, () => {
    for (const { id, says } of rules.filter((rule) => isSelected(rule, options))) {
      test(`${id}: ${says}`, async () => {
        const address = typeof url === "string" ? url : await url();
        const run = await start(address, { ...options, only: [id] });
        if (run.rules.length === 0) throw new Error(`${address} is no URL of a target that ${id} is about`);
        for await (const verdict of run.verdicts) {
          if (verdict.kind === "broken") throw new Error(violationText(verdict));
          if (verdict.kind === "unknown") throw new Error(verdict.reason);
        }
      });
    }
  });
}
