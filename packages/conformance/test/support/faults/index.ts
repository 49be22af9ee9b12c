import { chunkedFaults } from "./chunked.ts";
import { connectionFaults } from "./connections.ts";
import { echoFaults } from "./echo.ts";
import { fieldFaults } from "./fields.ts";
import { framingFaults } from "./framing.ts";
import { hostFaults } from "./host.ts";
import type { PlantedFault } from "./planted-fault.ts";
import { requestLineFaults } from "./request-line.ts";
import { responseFaults } from "./responses.ts";

/** A fault for each kind of rule. */
export const faults: readonly PlantedFault[] = [
  ...requestLineFaults,
  ...hostFaults,
  ...fieldFaults,
  ...framingFaults,
  ...chunkedFaults,
  ...connectionFaults,
  ...responseFaults,
  ...echoFaults,
];
