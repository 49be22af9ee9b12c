import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deflateElement,
  extensionsHeader,
  malformedExtensions,
  writtenExtensions,
} from "../src/arbitraries/index.ts";
import { anyText } from "../src/arbitraries/messages.ts";
import type { Compressor } from "../src/compressor.ts";
import {
  acceptDeflate,
  agreeDeflate,
  type DeflateOptions,
  deflateSettings,
  offerDeflate,
} from "../src/deflate-negotiation.ts";
import { deflateOptions, readHeader } from "./deflate-support.ts";
import { runs } from "./support.ts";

const SHARED = { takeover: false, windowBits: 15, memLevel: 8 };

describe("deflateSettings", () => {
  it.each<[DeflateOptions, unknown]>([
    [{}, null],
    [{ compress: false, decompress: false }, null],
    [{ compress: "disable" }, null],
    [{ decompress: "disable" }, null],
    [{ compress: true }, { compress: SHARED, decompress: { takeover: false, windowBits: 15 } }],
    [{ decompress: true }, { compress: SHARED, decompress: { takeover: false, windowBits: 15 } }],
    [
      { compress: "shared", decompress: false },
      { compress: SHARED, decompress: { takeover: false, windowBits: 15 } },
    ],
    [
      { compress: false, decompress: "4KB" },
      { compress: null, decompress: { takeover: true, windowBits: 12 } },
    ],
    [{ decompress: "4KB" }, { compress: SHARED, decompress: { takeover: true, windowBits: 12 } }],
    [
      { compress: "4KB", decompress: "dedicated" },
      {
        compress: { takeover: true, windowBits: 9, memLevel: 2 },
        decompress: { takeover: true, windowBits: 15 },
      },
    ],
  ])("makes numbers of %j", (options, expected) => {
    expect(deflateSettings(options)).toEqual(expected);
  });

  it("refuses other names on either side, whatever the other side is", () => {
    for (const name of ["5KB", "constructor", "", 1] as unknown as Compressor[]) {
      expect(() => deflateSettings({ compress: name })).toThrow(TypeError);
      expect(() => deflateSettings({ decompress: name })).toThrow(TypeError);
      expect(() => acceptDeflate(null, { compress: name })).toThrow(TypeError);
      expect(() => offerDeflate({ decompress: name })).toThrow(TypeError);
      expect(() => agreeDeflate(null, { decompress: name })).toThrow(TypeError);
    }
  });
});

describe("acceptDeflate", () => {
  const both = (name: Compressor): DeflateOptions => ({ compress: name, decompress: name });

  // The responses of Bun 1.4.5, unless the title has another source: conformance/rfc7692-bun.test.ts compares them.
  it.each<[string, DeflateOptions, string, string]>([
    [
      "Chrome",
      both("shared"),
      "; client_max_window_bits",
      "; client_no_context_takeover; server_no_context_takeover",
    ],
    ["Firefox", both("shared"), "", "; client_no_context_takeover; server_no_context_takeover"],
    ["Chrome", both("dedicated"), "; client_max_window_bits", ""],
    ["Firefox", both("dedicated"), "", ""],
    [
      "Chrome",
      both("3KB"),
      "; client_max_window_bits",
      "; client_max_window_bits=11; server_max_window_bits=9",
    ],
    ["Firefox", both("3KB"), "", "; client_no_context_takeover; server_max_window_bits=9"],
    [
      "Chrome",
      { compress: "16KB" },
      "; client_max_window_bits",
      "; client_no_context_takeover; server_max_window_bits=11",
    ],
    [
      "Chrome",
      { decompress: "16KB" },
      "; client_max_window_bits",
      "; client_max_window_bits=14; server_no_context_takeover",
    ],
    ["a small client", both("dedicated"), "; client_max_window_bits=8", "; client_max_window_bits=8"],
    [
      "a client that demands little",
      both("dedicated"),
      "; server_max_window_bits=8",
      "; server_max_window_bits=8",
    ],
    [
      "a client that demands much",
      both("4KB"),
      "; server_max_window_bits=15",
      "; client_no_context_takeover; server_max_window_bits=9",
    ],
    [
      "a client without context",
      both("4KB"),
      "; server_no_context_takeover; client_no_context_takeover",
      "; client_no_context_takeover; server_no_context_takeover",
    ],
  ])("responds to %s, configured %j, with %j", (_client, options, offered, accepted) => {
    expect(acceptDeflate(`permessage-deflate${offered}`, options)?.header).toBe(
      `permessage-deflate${accepted}`,
    );
  });

  it("keeps the demanded window also without context, where Bun declines", () => {
    const offer = "permessage-deflate; server_max_window_bits=10";
    expect(acceptDeflate(offer, both("shared"))).toEqual({
      header:
        "permessage-deflate; client_no_context_takeover; server_no_context_takeover; server_max_window_bits=10",
      params: {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 10,
        clientMaxWindowBits: 15,
      },
    });
  });

  it("is off if the options are, or nothing is offered", () => {
    expect(acceptDeflate("permessage-deflate", {})).toBeNull();
    expect(acceptDeflate(null, both("shared"))).toBeNull();
    expect(acceptDeflate("permessage-bzip2, x-webkit-deflate-frame", both("shared"))).toBeNull();
  });

  it("agrees to its own response, and demands nothing that the options do not want", () => {
    fc.assert(
      fc.property(deflateElement("client"), deflateOptions(), ({ extension }, options) => {
        const accepted = acceptDeflate(`x, ${writeOne(extension)}, permessage-deflate`, options);
        const settings = deflateSettings(options);
        expect(accepted === null).toBe(settings === null);
        if (accepted === null || settings === null) return;
        const { params } = accepted;
        expect(params).toEqual(readHeader(accepted.header));
        const { compress, decompress } = settings;
        expect(params.serverNoContextTakeover || params.serverMaxWindowBits <= compress!.windowBits).toBe(
          true,
        );
        expect(params.clientNoContextTakeover || params.clientMaxWindowBits <= decompress.windowBits).toBe(
          true,
        );
        expect(params.serverNoContextTakeover || compress!.takeover).toBe(true);
        expect(params.clientNoContextTakeover || decompress.takeover).toBe(true);
      }),
      runs(1000),
    );
  });

  it("never throws because of an offer", () => {
    const headers = fc.oneof(
      anyText(),
      malformedExtensions().map(({ header }) => header),
      extensionsHeader().map(({ header }) => header),
    );
    fc.assert(
      fc.property(headers, deflateOptions(), (header, options) => {
        const accepted = acceptDeflate(header, options);
        if (accepted !== null) expect(header).toContain("permessage-deflate");
        const agreed = agreeDeflate(header, options);
        if (agreed.ok) expect(header).toContain("permessage-deflate");
        else expect(agreed.message).toMatch(/\w/);
      }),
      runs(400),
    );
  });

  function writeOne(extension: Parameters<typeof writtenExtensions>[0][number]): string {
    return fc.sample(writtenExtensions([extension]), { numRuns: 1, seed: 7 })[0]!;
  }
});

describe("offerDeflate", () => {
  it.each<[DeflateOptions, string]>([
    [{}, ""],
    [{ compress: "disable", decompress: false }, ""],
    [{ compress: "dedicated", decompress: "dedicated" }, "permessage-deflate; client_max_window_bits"],
    [
      { compress: "shared" },
      "permessage-deflate; client_no_context_takeover; client_max_window_bits; server_no_context_takeover",
    ],
    [
      { compress: "3KB", decompress: "4KB" },
      "permessage-deflate; client_max_window_bits=9; server_max_window_bits=12",
    ],
    [
      { compress: false, decompress: "dedicated" },
      "permessage-deflate; client_no_context_takeover; client_max_window_bits",
    ],
  ])("offers, configured %j, %j", (options, expected) => {
    expect(offerDeflate(options)).toBe(expected);
  });
});

describe("agreeDeflate", () => {
  const dedicated: DeflateOptions = { compress: "dedicated", decompress: "dedicated" };
  const all = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };

  it.each<[string | null, DeflateOptions, Partial<typeof all> | null]>([
    [null, dedicated, null],
    [null, {}, null],
    ["permessage-deflate", dedicated, {}],
    ["permessage-deflate; server_no_context_takeover", dedicated, { serverNoContextTakeover: true }],
    ["permessage-deflate; client_no_context_takeover", dedicated, { clientNoContextTakeover: true }],
    ["permessage-deflate; client_max_window_bits=8", dedicated, { clientMaxWindowBits: 8 }],
    ['permessage-deflate; server_max_window_bits="10"', dedicated, { serverMaxWindowBits: 10 }],
    ["permessage-deflate", { compress: "3KB", decompress: "dedicated" }, { clientMaxWindowBits: 9 }],
    [
      "permessage-deflate; client_max_window_bits=8; server_max_window_bits=11",
      { compress: "3KB", decompress: "4KB" },
      { clientMaxWindowBits: 8, serverMaxWindowBits: 11 },
    ],
    [
      "permessage-deflate; server_no_context_takeover",
      { compress: "shared" },
      { serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
  ])("takes the response %j, configured %j, for %j", (response, options, expected) => {
    const params = expected === null ? null : { ...all, ...expected };
    expect(agreeDeflate(response, options)).toEqual({ ok: true, params });
  });

  it.each<[string, DeflateOptions, RegExp]>([
    ["permessage-deflate", {}, /not offered/],
    ["permessage-bzip2", dedicated, /not offered/],
    ["permessage-deflate, foo", dedicated, /not offered/],
    ["Permessage-Deflate", dedicated, /not offered/],
    ["permessage-deflate, permessage-deflate", dedicated, /more than once/],
    ["permessage-deflate;", dedicated, /malformed/],
    ["", dedicated, /malformed/],
    ["permessage-deflate; foo", dedicated, /invalid/],
    ["permessage-deflate; client_max_window_bits", dedicated, /invalid/],
    ["permessage-deflate", { compress: "shared" }, /server_no_context_takeover/],
    ["permessage-deflate", { decompress: "4KB", compress: "dedicated" }, /server_max_window_bits/],
    ["permessage-deflate; server_max_window_bits=13", { decompress: "4KB" }, /server_max_window_bits/],
    [
      "permessage-deflate; client_max_window_bits=10",
      { compress: "3KB", decompress: "dedicated" },
      /client_max_window_bits/,
    ],
  ])("refuses the response %j, configured %j", (response, options, message) => {
    expect(agreeDeflate(response, options)).toEqual({ ok: false, message: expect.stringMatching(message) });
  });
});

describe("both sides", () => {
  it("agree, whatever each wants", () => {
    fc.assert(
      fc.property(deflateOptions(), deflateOptions(), (client, server) => {
        const offer = offerDeflate(client);
        const accepted = acceptDeflate(offer === "" ? null : offer, server);
        const agreed = agreeDeflate(accepted?.header ?? null, client);
        expect(agreed).toMatchObject({ ok: true });
        if (!agreed.ok || agreed.params === null || accepted === null) {
          expect([accepted, agreed]).toEqual([null, { ok: true, params: null }]);
          return;
        }
        const [ours, theirs] = [agreed.params, accepted.params];
        expect(ours.serverNoContextTakeover).toBe(theirs.serverNoContextTakeover);
        expect(ours.serverMaxWindowBits).toBe(theirs.serverMaxWindowBits);
        // The client may do with less than the server is prepared for.
        expect(ours.clientNoContextTakeover).toBe(theirs.clientNoContextTakeover);
        expect(ours.clientMaxWindowBits).toBeLessThanOrEqual(theirs.clientMaxWindowBits);
      }),
      runs(1000),
    );
  });
});
