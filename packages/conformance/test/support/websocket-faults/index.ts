import { closingFaults } from "./closing.ts";
import { deflateFaults } from "./deflate.ts";
import { messageFaults } from "./messages.ts";
import { openingFaults } from "./opening.ts";
import type { PlantedFault } from "./planted-fault.ts";

/** A fault for each rule. */
export const faults: readonly PlantedFault[] = [
  ...openingFaults,
  ...messageFaults,
  ...closingFaults,
  ...deflateFaults,
];
