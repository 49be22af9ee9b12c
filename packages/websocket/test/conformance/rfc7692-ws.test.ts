/** The negotiations of this package and of `ws` 8 for the same headers, and with each other. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as ws from "ws";
import {
  deflateElement,
  extensionsHeader,
  malformedExtensions,
  writtenExtensions,
  wrongDeflate,
} from "../../src/arbitraries/index.ts";
import {
  acceptDeflate,
  agreeDeflate,
  type DeflateOptions,
  type Extension,
  formatExtensions,
  offerDeflate,
  parseExtensions,
} from "../../src/index.ts";
import { deflateOptions, readHeader } from "../deflate-support.ts";
import { runs } from "../support.ts";

type WsParams = Record<string, Array<string | true>>;
interface WsOptions {
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  readonly serverMaxWindowBits?: number;
  readonly clientMaxWindowBits?: number;
}

/** ws exports its grammar and its negotiation, but its types do not know them. */
const { extension, PerMessageDeflate } = ws as unknown as {
  extension: {
    parse(header: string): Record<string, WsParams[]>;
    format(extensions: Record<string, unknown>): string;
  };
  PerMessageDeflate: new (
    options: WsOptions & { isServer: boolean },
  ) => { offer(): object; accept(configurations: WsParams[]): object };
};

/** ws's reading in our form; it groups extensions and parameters by their names. */
function wsReads(header: string): unknown {
  try {
    return extension.parse(header);
  } catch {
    return null;
  }
}

function grouped(list: readonly Extension[] | null): unknown {
  if (list === null) return null;
  const extensions: Record<string, WsParams[]> = Object.create(null);
  for (const { name, params } of list) {
    const byName: WsParams = Object.create(null);
    for (const [param, value] of params) byName[param] = [...(byName[param] ?? []), value ?? true];
    extensions[name] = [...(extensions[name] ?? []), byName];
  }
  return extensions;
}

/** The response of ws's server: null for none, false for a refusal of the handshake. */
function wsHeader(offers: string, options: WsOptions = {}): string | null | false {
  try {
    const list = extension.parse(offers)["permessage-deflate"];
    if (list === undefined) return null;
    const params = new PerMessageDeflate({ ...options, isServer: true }).accept(list);
    return extension.format({ "permessage-deflate": [params] });
  } catch {
    return false;
  }
}

function wsOffers(options: WsOptions): string {
  return extension.format({
    "permessage-deflate": new PerMessageDeflate({ ...options, isServer: false }).offer(),
  });
}

/** Whether ws's client accepts this response. */
function wsAgrees(header: string, options: WsOptions = {}): boolean {
  try {
    const extensions = extension.parse(header);
    if (Object.keys(extensions).join() !== "permessage-deflate") return false;
    new PerMessageDeflate({ ...options, isServer: false }).accept(extensions["permessage-deflate"]!);
    return true;
  } catch {
    return false;
  }
}

const DEDICATED: DeflateOptions = { compress: "dedicated", decompress: "dedicated" };
const wsOptions = fc.record(
  {
    serverNoContextTakeover: fc.constant(true),
    clientNoContextTakeover: fc.constant(true),
    serverMaxWindowBits: fc.integer({ min: 9, max: 15 }),
    clientMaxWindowBits: fc.integer({ min: 9, max: 15 }),
  },
  { requiredKeys: [] },
);

describe("the grammar", () => {
  /** Headers that ws does not read, although the grammar allows them. */
  const WS_REFUSES: ReadonlyArray<readonly [why: string, RegExp]> = [
    [
      "empty elements of a list, which a recipient must ignore (RFC 9110 §5.6.1.2)",
      /,[ \t]*(?:,|$)|^[ \t]*,/,
    ],
    ["white space around the equals sign, as RFC 2616 implies it (RFC 6455 §9.1)", /[ \t]=|=[ \t]/],
    ["white space at the ends, which HTTP takes away before", /^[ \t]|[ \t]$/],
  ];

  it("is read by both alike", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(extensionsHeader(), ({ header }) => {
        const why = WS_REFUSES.find(([, pattern]) => pattern.test(header));
        if (why !== undefined) {
          seen.add(why[0]);
          expect(wsReads(header)).toBeNull();
        } else {
          seen.add("the same");
          expect(grouped(parseExtensions(header))).toEqual(wsReads(header));
        }
      }),
      // Each of the differences has to come up, so that these are not fewer for a quick run.
      { numRuns: 2000 },
    );
    expect(seen.size).toBe(4);
  });

  it("is refused by both alike", () => {
    fc.assert(
      fc.property(malformedExtensions(), ({ header, kind }) => {
        // ws counts nothing.
        if (kind.startsWith("too many")) expect(wsReads(header)).not.toBeNull();
        else expect([parseExtensions(header), wsReads(header)]).toEqual([null, null]);
      }),
      runs(1000),
    );
  });

  it("is written by both alike", () => {
    const list = parseExtensions("permessage-deflate; a; b=1, c")!;
    expect(formatExtensions(list)).toBe(extension.format(grouped(list) as Record<string, unknown>));
  });
});

describe("the server's response", () => {
  it("is ws's, but for redundant parameters", () => {
    fc.assert(
      fc.property(deflateElement("client"), (offer) => {
        const header = formatExtensions([offer.extension]);
        const [ours, theirs] = [acceptDeflate(header, DEDICATED)!, wsHeader(header)];
        if (typeof theirs !== "string") throw new Error(`ws declines ${header}`);
        const exchange = readHeader(theirs);
        // Without context there is nothing to keep of a client's window, so we do not ask for a small one.
        const clientMaxWindowBits = exchange.clientNoContextTakeover ? 15 : exchange.clientMaxWindowBits;
        expect(ours.params).toEqual({ ...exchange, clientMaxWindowBits });
      }),
      runs(500),
    );
  });

  it("declines offers for which ws refuses the whole handshake", () => {
    const wrong = wrongDeflate("client").chain((one) => writtenExtensions([one]));
    // Numbers that ws reads as JavaScript does; the RFC has no leading zeros and no other notations.
    const loose = /_bits[ \t]*=[ \t]*"?(?:\\?[0-9.xe+a])+"?/;
    let refused = 0;
    const often = runs(500);
    fc.assert(
      fc.property(wrong, (header) => {
        expect(acceptDeflate(header, DEDICATED)).toBeNull();
        const response = wsHeader(header);
        if (response === false) refused++;
        else expect(header).toMatch(loose);
      }),
      often,
    );
    expect(refused).toBeGreaterThan(0.2 * often.numRuns);
  });
});

describe("the client's verdict", () => {
  it("is ws's for valid responses", () => {
    fc.assert(
      fc.property(deflateElement("server"), ({ extension: one }) => {
        const header = formatExtensions([one]);
        expect(agreeDeflate(header, DEDICATED).ok).toBe(true);
        expect(wsAgrees(header)).toBe(true);
      }),
      runs(300),
    );
  });

  it("is ws's for invalid responses", () => {
    const loose = /_bits=(?:08|010|\+9|9\.0|1e1|0x9)(?:;|$)/;
    fc.assert(
      fc.property(wrongDeflate("server"), (one) => {
        const header = formatExtensions([one]);
        expect(agreeDeflate(header, DEDICATED).ok).toBe(false);
        if (wsAgrees(header)) expect(header).toMatch(loose);
      }),
      runs(300),
    );
  });

  it("is stricter than ws's where the server ignores a demand", () => {
    expect(wsAgrees("permessage-deflate", { serverNoContextTakeover: true })).toBe(true);
    expect(agreeDeflate("permessage-deflate", { compress: "shared" }).ok).toBe(false);
    expect(wsAgrees("permessage-deflate", { serverMaxWindowBits: 12 })).toBe(true);
    expect(agreeDeflate("permessage-deflate", { ...DEDICATED, decompress: "4KB" }).ok).toBe(false);
  });
});

describe("with each other", () => {
  it("a ws client agrees to our server's response to its offer", () => {
    fc.assert(
      fc.property(wsOptions, deflateOptions(), (theirs, ours) => {
        const accepted = acceptDeflate(wsOffers(theirs), ours);
        if (accepted !== null) expect(wsAgrees(accepted.header, theirs)).toBe(true);
      }),
      runs(500),
    );
  });

  it("our client agrees to a ws server's response to its offer", () => {
    let agreed = 0;
    const often = runs(500);
    fc.assert(
      fc.property(wsOptions, deflateOptions(), (theirs, ours) => {
        const offer = offerDeflate(ours);
        const response = offer === "" ? null : wsHeader(offer, theirs);
        // False: ws's options want more of a window than the offer allows. ws refuses the handshake then.
        if (response === null || response === false) return;
        expect(agreeDeflate(response, ours)).toMatchObject({ ok: true });
        agreed++;
      }),
      often,
    );
    expect(agreed).toBeGreaterThan(0.2 * often.numRuns);
  });
});
