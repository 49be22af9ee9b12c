import { runExchange } from "../exchange/run-exchange.ts";
import type { ProxyFacts } from "../rules/proxy/facts.ts";
import { behind, proxyRules } from "../rules/proxy/index.ts";
import { TargetError } from "../target/target.ts";
import type { Suite } from "./suite.ts";

/** A server that reads the PROXY protocol. */
export const proxySuite: Suite<ProxyFacts> = {
  rules: proxyRules,
  probe: async (pool, site, patience) => {
    if (site.tls)
      throw new TargetError("With TLS the header is before the handshake: name the server without TLS");
    const began = performance.now();
    const line = "PROXY TCP4 192.0.2.1 192.0.2.2 1024 80\r\n";
    const { responses } = await runExchange(pool, { ...behind(line, site), until: 1 }, patience, true);
    const status = responses[0]?.status;
    // A server without the protocol takes the line for a request, which is none.
    if (status === undefined || status === 400)
      throw new TargetError("The server does not answer a request behind a header of the PROXY protocol");
    return { status, latency: performance.now() - began };
  },
};
