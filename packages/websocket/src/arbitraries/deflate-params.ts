import * as fc from "fast-check";
import type { Extension } from "../extensions.ts";
import { HOSTILE_NAMES, KNOWN_NAMES, token } from "./extensions.ts";
import type { Sender } from "./frames.ts";

/** An offer of permessage-deflate, or a response to one, and its meaning (RFC 7692 §7.1). */
export interface DeflateElement {
  readonly extension: Extension;
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** Null if the parameter is missing. */
  readonly serverMaxWindowBits: number | null;
  /** Null if the parameter is missing; "any" without a value, which only an offer may have. */
  readonly clientMaxWindowBits: number | "any" | null;
}

/** A valid offer of permessage-deflate (from a client), or a valid response (from a server). */
export function deflateElement(from: Sender): fc.Arbitrary<DeflateElement> {
  const bits = fc.integer({ min: 8, max: 15 });
  const clientBits = from === "client" ? fc.oneof(bits, fc.constant<"any">("any")) : bits;
  return fc
    .record({
      serverNoContextTakeover: fc.boolean(),
      clientNoContextTakeover: fc.boolean(),
      serverMaxWindowBits: fc.option(bits),
      clientMaxWindowBits: fc.option(clientBits),
    })
    .chain((given) => {
      const params: Array<readonly [string, string | null]> = [];
      if (given.serverNoContextTakeover) params.push(["server_no_context_takeover", null]);
      if (given.clientNoContextTakeover) params.push(["client_no_context_takeover", null]);
      if (given.serverMaxWindowBits !== null)
        params.push(["server_max_window_bits", `${given.serverMaxWindowBits}`]);
      if (given.clientMaxWindowBits !== null) {
        const value = given.clientMaxWindowBits === "any" ? null : `${given.clientMaxWindowBits}`;
        params.push(["client_max_window_bits", value]);
      }
      return fc
        .shuffledSubarray(params, { minLength: params.length })
        .map((shuffled) => ({ ...given, extension: { name: "permessage-deflate", params: shuffled } }));
    });
}

/** permessage-deflate by the grammar, but with one parameter that RFC 7692 §7.1 does not allow: unknown, repeated, or with a wrong value. */
export function wrongDeflate(from: Sender): fc.Arbitrary<Extension> {
  const flag = fc.constantFrom("server_no_context_takeover", "client_no_context_takeover");
  const window = fc.constantFrom("server_max_window_bits", "client_max_window_bits");
  const badBits = fc.constantFrom(
    "7",
    "16",
    "0",
    "08",
    "010",
    "1",
    "150",
    "+9",
    "-9",
    "9.0",
    "1e1",
    "0x9",
    "a",
    "ten",
  );
  const unknown = fc.oneof(
    fc.constantFrom(...HOSTILE_NAMES, "Server_No_Context_Takeover", "max_window_bits", "permessage-deflate"),
    token().filter((name) => !KNOWN_NAMES.slice(1).includes(name)),
  );
  const needsValue = from === "client" ? fc.constant("server_max_window_bits") : window;
  const bad = fc.oneof(
    fc.tuple(unknown, fc.option(token())),
    fc.tuple(flag, fc.oneof(token(), fc.constantFrom("true", "1", "15"))),
    fc.tuple(window, badBits),
    fc.tuple(needsValue, fc.constant(null)),
  );
  const wrong = fc.tuple(deflateElement(from), bad, fc.nat()).map(
    ([
      {
        extension: { params },
      },
      param,
      at,
    ]) => {
      const rest = params.filter(([name]) => name !== param[0]);
      const place = at % (rest.length + 1);
      return [...rest.slice(0, place), param, ...rest.slice(place)];
    },
  );
  const repeated = deflateElement(from)
    .filter(({ extension: { params } }) => params.length > 0)
    .chain(({ extension: { params } }) => fc.constantFrom(...params).map((again) => [...params, again]));
  return fc
    .oneof({ weight: 3, arbitrary: wrong }, { weight: 1, arbitrary: repeated })
    .map((params) => ({ name: "permessage-deflate", params }));
}
