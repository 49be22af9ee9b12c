import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  deflateElement,
  extensionsHeader,
  writtenExtensions,
  wrongDeflate,
} from "../../src/arbitraries/index.ts";
import { acceptDeflate, agreeDeflate, formatExtensions, offerDeflate } from "../../src/index.ts";
import {
  accept,
  agree,
  DEDICATED,
  deflateOptions,
  FULL,
  NONE,
  readHeader,
  SHARED,
} from "../deflate-support.ts";
import { runs } from "../support.ts";

const configured = deflateOptions().filter((options) => offerDeflate(options) !== "");

describe("RFC 7692 §5: negotiating", () => {
  it("§5: one header may offer the same extension several times, and the client's favourite comes first", () => {
    const offers = "permessage-deflate; server_max_window_bits=10, permessage-deflate";
    expect(acceptDeflate(offers, DEDICATED)?.header).toBe("permessage-deflate; server_max_window_bits=10");
    const others = "permessage-deflate, permessage-deflate; server_max_window_bits=10";
    expect(acceptDeflate(others, DEDICATED)?.header).toBe("permessage-deflate");
  });

  it("§5.1: an offer that is declined leaves the ones behind it", () => {
    const list = fc.tuple(wrongDeflate("client"), deflateElement("client"));
    fc.assert(
      fc.property(
        list.chain(([wrong, { extension }]) =>
          fc.tuple(fc.constant(extension), writtenExtensions([wrong, extension])),
        ),
        configured,
        ([right, header], options) => {
          expect(acceptDeflate(header, options)).toEqual(acceptDeflate(formatExtensions([right]), options));
          expect(acceptDeflate(header, options)).not.toBeNull();
        },
      ),
      runs(500),
    );
  });

  it("§5.1: without a common extension there is no compression, and no error", () => {
    expect(acceptDeflate("permessage-bzip2; client_no_context_takeover", SHARED)).toBeNull();
    expect(acceptDeflate(null, SHARED)).toBeNull();
    expect(agreeDeflate(null, SHARED)).toEqual({ ok: true, params: null });
    fc.assert(
      fc.property(extensionsHeader(), ({ header, extensions }) => {
        const wanted = extensions.some(({ name }) => name === "permessage-deflate");
        if (!wanted) expect(acceptDeflate(header, SHARED)).toBeNull();
      }),
      runs(300),
    );
  });

  it("§5.1: a client MUST fail the connection for a response that it did not offer", () => {
    expect(agreeDeflate("permessage-deflate", {})).toMatchObject({ ok: false });
    expect(agreeDeflate("permessage-bzip2", SHARED)).toMatchObject({ ok: false });
    expect(agreeDeflate("permessage-deflate, permessage-deflate", DEDICATED)).toMatchObject({ ok: false });
  });
});

describe("RFC 7692 §7.1: permessage-deflate", () => {
  it("§7.1: a server MUST decline an offer with a parameter that is unknown, repeated or wrong", () => {
    fc.assert(
      fc.property(
        wrongDeflate("client").chain((wrong) => writtenExtensions([wrong])),
        configured,
        (header, options) => {
          expect(acceptDeflate(header, options)).toBeNull();
        },
      ),
      runs(500),
    );
  });

  it("§7.1: a client MUST fail the connection for a response with such a parameter", () => {
    fc.assert(
      fc.property(
        wrongDeflate("server").chain((wrong) => writtenExtensions([wrong])),
        configured,
        (header, options) => {
          expect(agreeDeflate(header, options)).toMatchObject({ ok: false });
        },
      ),
      runs(500),
    );
  });

  it("§7.1: every valid offer is accepted, by a response that is valid for it", () => {
    const offers = deflateElement("client").chain((offer) =>
      fc.tuple(fc.constant(offer), writtenExtensions([offer.extension])),
    );
    fc.assert(
      fc.property(offers, configured, ([offer, header], options) => {
        const accepted = acceptDeflate(header, options)!;
        const exchange = readHeader(accepted.header);
        if (offer.serverNoContextTakeover) expect(exchange.serverNoContextTakeover).toBe(true);
        if (offer.serverMaxWindowBits !== null) {
          expect(accepted.header).toContain("server_max_window_bits=");
          expect(exchange.serverMaxWindowBits).toBeLessThanOrEqual(offer.serverMaxWindowBits);
        }
        const aboutClient = accepted.header.includes("client_max_window_bits=");
        if (offer.clientMaxWindowBits === null) expect(aboutClient).toBe(false);
        if (typeof offer.clientMaxWindowBits === "number" && aboutClient)
          expect(exchange.clientMaxWindowBits).toBeLessThanOrEqual(offer.clientMaxWindowBits);
        for (const bits of [exchange.serverMaxWindowBits, exchange.clientMaxWindowBits]) {
          expect(bits).toBeGreaterThanOrEqual(8);
          expect(bits).toBeLessThanOrEqual(15);
        }
      }),
      runs(1000),
    );
  });

  describe("§7.1.1.1: server_no_context_takeover", () => {
    it("§7.1.1.1: a server accepts it by repeating it", () => {
      expect(accept("; server_no_context_takeover", DEDICATED)).toBe(
        "permessage-deflate; server_no_context_takeover",
      );
    });

    it("§7.1.1.1: a server may send it without an offer", () => {
      expect(accept("", SHARED)).toContain("; server_no_context_takeover");
      expect(agree("; server_no_context_takeover", DEDICATED)).toEqual({
        ...NONE,
        ...FULL,
        serverNoContextTakeover: true,
      });
    });

    it("§7.1.1.1: a client that offered it fails if the response leaves it out", () => {
      expect(offerDeflate(SHARED)).toContain("; server_no_context_takeover");
      expect(agree("", SHARED)).toBeNull();
    });

    it("§7.1.1.1: it has no value", () => {
      expect(accept("; server_no_context_takeover=1", DEDICATED)).toBeNull();
      expect(agree('; server_no_context_takeover="true"', DEDICATED)).toBeNull();
    });
  });

  describe("§7.1.1.2: client_no_context_takeover", () => {
    it("§7.1.1.2: a server uses the client's hint", () => {
      expect(accept("; client_no_context_takeover", DEDICATED)).toBe(
        "permessage-deflate; client_no_context_takeover",
      );
    });

    it("§7.1.1.2: a server may send it without a hint, and a client MUST comply then", () => {
      expect(accept("", SHARED)).toContain("; client_no_context_takeover");
      expect(agree("; client_no_context_takeover", DEDICATED)).toEqual({
        ...NONE,
        ...FULL,
        clientNoContextTakeover: true,
      });
    });

    it("§7.1.1.2: a client's hint binds it, although the server passes over it", () => {
      expect(offerDeflate({ compress: "shared", decompress: "dedicated" })).toContain(
        "client_no_context_takeover",
      );
      expect(agree("", { compress: "shared", decompress: "dedicated" })).toEqual({
        ...NONE,
        ...FULL,
        clientNoContextTakeover: true,
      });
    });

    it("§7.1.1.2: it has no value", () => {
      expect(accept("; client_no_context_takeover=1", DEDICATED)).toBeNull();
      expect(agree("; client_no_context_takeover=1", DEDICATED)).toBeNull();
    });
  });
});
