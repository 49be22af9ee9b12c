import { Buffer } from "node:buffer";
import { field } from "../exchange/exchange.ts";
import type { Facts } from "./facts.ts";
import { describe } from "./judges.ts";
import type { Finding, Rule } from "./rule.ts";

/** Why a rule of an echo does not apply. */
export const needsEcho = ({ echo }: Facts): string | null =>
  echo === null ? "the target has no echo (--echo)" : null;

/** Each response is a 200 with the content that was sent. One that says close may be the last. */
export const echoed: Rule["judge"] = ([outcome], { exchanges }): Finding | null => {
  const contents = exchanges[0]!.contents ?? [];
  const { responses, error } = outcome!;
  for (const [i, content] of contents.entries()) {
    const response = responses[i];
    const due = `a 200 with the ${content.length} bytes of request ${i + 1}`;
    if (response === undefined) {
      if (i > 0 && responses[i - 1]!.keepAlive === false) return null;
      return { due, got: describe(outcome!) };
    }
    if (response.status !== 200) return { due, got: describe(outcome!) };
    if (Buffer.compare(response.content, content) !== 0)
      return { due, got: `${difference(response.content, content)}; ${describe(outcome!)}` };
  }
  if (error === null && responses.length <= contents.length) return null;
  return { due: `${contents.length} responses`, got: describe(outcome!) };
};

function difference(got: Uint8Array, due: Uint8Array): string {
  const at = got.findIndex((byte, i) => byte !== due[i]);
  return `${got.length} bytes${at === -1 ? "" : `, another one at ${at}`}`;
}

/** The request is refused, or X-Echo has the value that the trial says. */
export const showsValue: Rule["judge"] = ([outcome], { exchanges }): Finding | null => {
  const { value = "" } = exchanges[0]!;
  const [response] = outcome!.responses;
  const due = `a 4xx, or Echo-Value: ${JSON.stringify(value)}`;
  if (response === undefined) return outcome!.end === "open" ? { due, got: describe(outcome!) } : null;
  if (response.status >= 400) return null;
  const shown = field(response, "echo-value") ?? "";
  return shown === value
    ? null
    : { due, got: `a ${response.status} with Echo-Value: ${JSON.stringify(shown)}` };
};
