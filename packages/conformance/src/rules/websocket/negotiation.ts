import { Buffer } from "node:buffer";
import { type Extension, formatExtensions, parseExtensions } from "@mantou/websocket";
import {
  deflateElement,
  malformedExtensions,
  token,
  writtenExtensions,
  wrongDeflate,
} from "@mantou/websocket/arbitraries";
import fc from "fast-check";
import { type Trial, valuesOf } from "../../exchange/exchange.ts";
import type { Finding, Rule, Site } from "../rule.ts";
import type { WebSocketFacts } from "./facts.ts";
import { handshake, offering } from "./frames.ts";
import { describe, refuses } from "./judges.ts";
import { hasOtherCase, parametersFault } from "./parameters.ts";

const DEFLATE = "permessage-deflate";

const asks = (site: Site, fields: readonly string[]): Trial => offering(handshake(site, fields), "GET");

/** The values of a field in the request of a trial, joined. */
function sentField({ exchanges }: Trial, name: string): string {
  const text = Buffer.from(exchanges[0]!.pieces[0]!.bytes).toString("latin1");
  const lines = text.split("\r\n").filter((line) => line.toLowerCase().startsWith(`${name}:`));
  return lines.map((line) => line.slice(name.length + 1).trim()).join(", ");
}

/** The judge of the response's field of this name. Without a 101 there is nothing to judge. */
function judgesField(
  name: string,
  due: string,
  faultOf: (values: readonly string[], offered: string) => string | null,
): Rule<WebSocketFacts>["judge"] {
  return ([outcome], trial): Finding | null => {
    const [response] = outcome!.responses;
    if (response?.status !== 101) return null;
    const values = valuesOf(response, name);
    const fault = faultOf(values, sentField(trial, name));
    return fault === null
      ? null
      : { due, got: `${name}: ${values.join(", ") || "(none)"}: ${fault}; ${describe(outcome!)}` };
  };
}

const extensionFault = (values: readonly string[], offered: string): string | null => {
  if (values.length === 0) return null;
  const chosen = parseExtensions(values.join(", "));
  if (chosen === null) return "it breaks the grammar";
  const names = parseExtensions(offered)?.map(({ name }) => name) ?? [];
  const other = chosen.find(({ name }) => !names.includes(name));
  if (other !== undefined) return `${other.name} was not offered`;
  return new Set(chosen.map(({ name }) => name)).size < chosen.length ? "an extension is there twice" : null;
};

/** RFC 6455 §4.2.2, §9.1 and RFC 7692 §5, §7.1: what a 101 says about subprotocols and extensions. */
export const negotiation: readonly Rule<WebSocketFacts>[] = [
  {
    id: "rfc6455/4.2.2/protocol",
    level: "must",
    section: "RFC 6455 §4.2.2, §11.3.4",
    says: "The subprotocol of a 101, if there is one, is one of those that were offered, and is there once.",
    arbitrary: (site) =>
      fc.tuple(fc.uniqueArray(token(), { maxLength: 3 }), fc.boolean()).map(([names, inLines]) =>
        asks(
          site,
          (inLines ? names : names.length === 0 ? [] : [names.join(", ")]).map(
            (value) => `Sec-WebSocket-Protocol: ${value}`,
          ),
        ),
      ),
    judge: judgesField(
      "sec-websocket-protocol",
      "one of the offered subprotocols, or none",
      (values, offered) => {
        if (values.length === 0) return null;
        const names = offered.split(",").map((name) => name.trim());
        return values.length === 1 && names.includes(values[0]!) ? null : "it was not offered";
      },
    ),
  },
  {
    id: "rfc6455/9.1/extension-offered",
    level: "must",
    section: "RFC 6455 §9.1, §4.2.2",
    says: "The extensions of a 101 are among those that were offered.",
    arbitrary: (site) =>
      fc
        .array(
          token().filter((name) => name !== DEFLATE),
          { maxLength: 3 },
        )
        .map((names) =>
          asks(site, names.length === 0 ? [] : [`Sec-WebSocket-Extensions: ${names.join(", ")}`]),
        ),
    judge: judgesField("sec-websocket-extensions", "extensions that were offered, or none", extensionFault),
    mostRuns: 40,
  },
  {
    id: "rfc6455/9.1/extension-grammar",
    level: "must",
    section: "RFC 6455 §9.1",
    says: "A handshake whose Sec-WebSocket-Extensions breaks the grammar fails.",
    arbitrary: (site) =>
      malformedExtensions()
        // Limits are each server's own, and what HTTP refuses is no matter of extensions.
        .filter(({ header, kind }) => !kind.startsWith("too many") && /^[\x20-\x7e\t]*$/.test(header))
        .map(({ header }) => asks(site, [`Sec-WebSocket-Extensions: ${header}`])),
    judge: refuses("no 101"),
  },
  {
    id: "rfc7692/7.1/response",
    level: "must",
    section: "RFC 7692 §7.1",
    says: "A response to valid offers of permessage-deflate has valid parameters, which are those of one of the offers.",
    arbitrary: (site) =>
      fc
        .array(deflateElement("client"), { minLength: 1, maxLength: 2 })
        .map((list) => list.map(({ extension }) => extension))
        .chain((list) => fc.oneof(fc.constant(formatExtensions(list)), writtenExtensions(list)))
        .map((offer) => asks(site, [`Sec-WebSocket-Extensions: ${offer}`])),
    judge: judgesField(
      "sec-websocket-extensions",
      "permessage-deflate as it was offered, or none",
      deflateFault,
    ),
  },
  {
    id: "rfc7692/7.1/offer-invalid",
    level: "must",
    section: "RFC 7692 §7.1",
    says: "An offer of permessage-deflate with an unknown, repeated or invalid parameter is declined.",
    arbitrary: (site) =>
      wrongDeflate("client")
        .filter((extension) => !hasOtherCase(extension))
        .map((extension) => asks(site, [`Sec-WebSocket-Extensions: ${formatExtensions([extension])}`])),
    judge: judgesField("sec-websocket-extensions", "no permessage-deflate", (values) =>
      values.length === 0 ? null : "it was accepted",
    ),
  },
  {
    id: "rfc7692/7.1/offer-behind-invalid",
    level: "should",
    section: "RFC 7692 §5, §7.1",
    says: "An offer that is declined leaves the handshake and the valid offers behind it.",
    debatable: "A server may refuse a handshake for reasons of its own.",
    arbitrary: (site) =>
      fc
        .tuple(wrongDeflate("client"), fc.boolean())
        .map(([wrong, isAlone]): readonly Extension[] =>
          isAlone ? [wrong] : [wrong, { name: DEFLATE, params: [] }],
        )
        .map((list) => asks(site, [`Sec-WebSocket-Extensions: ${formatExtensions(list)}`])),
    judge: ([outcome]) =>
      outcome!.responses[0]?.status === 101 ? null : { due: "101", got: describe(outcome!) },
    mostRuns: 60,
  },
];

/** A response must answer one offer: with all that the offer demands, and no more than it allows. */
function deflateFault(values: readonly string[], offered: string): string | null {
  const fault = extensionFault(values, offered);
  if (fault !== null || values.length === 0) return fault;
  const [chosen] = parseExtensions(values.join(", "))!;
  const offers = parseExtensions(offered)!.filter(({ name }) => name === DEFLATE);
  const faults = offers.map((offer) => parametersFault(chosen!, offer));
  return faults.includes(null) ? null : (faults[0] ?? null);
}
