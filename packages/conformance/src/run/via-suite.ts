import type { ViaFacts } from "../rules/via/facts.ts";
import { viaRules } from "../rules/via/index.ts";
import type { Origin } from "../target/origin.ts";
import { TargetError } from "../target/target.ts";
import { probe } from "./probe.ts";
import type { Suite } from "./suite.ts";

/** @param origin to which the proxy that is examined passes its requests on */
export function viaSuite(origin: Origin): Suite<ViaFacts> {
  return {
    rules: viaRules,
    probe: async (pool, site, patience) => {
      origin.take();
      const { latency, plain } = await probe(pool, site, patience);
      if (origin.take().requests.length === 0) {
        throw new TargetError(
          `The proxy's response is a ${plain.status}, and nothing arrived at the origin: it has to pass requests on to port ${origin.port}`,
        );
      }
      return { latency, origin };
    },
  };
}
