import type { Scenario } from "./scenario.ts";
import { httpScenarios } from "./scenarios-http.ts";
import { webSocketScenarios } from "./scenarios-websocket.ts";

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [...httpScenarios, ...webSocketScenarios];

/** @throws Error that lists the scenarios. */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const known = scenarios.map((scenario) => scenario.name).join(", ");
  throw new Error(`there is no scenario "${name}"; there are: ${known}`);
}
