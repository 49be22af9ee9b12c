import { describe, expect, it } from "vitest";
import { acceptDeflate, type DeflateOptions, offerDeflate } from "../../src/index.ts";
import { accept, agree, DEDICATED, FULL, NONE, SHARED } from "../deflate-support.ts";

const SMALL: DeflateOptions = { compress: "3KB", decompress: "4KB" };

describe("RFC 7692 §7.1.2: the size of a window is 8 to 15 in decimal, without leading zeros", () => {
  const wrong = ["7", "16", "08", "010", "0", "+9", "-9", "9.0", "1e1", "0xa", "", '""', "9a"];

  it.each(["8", "9", "10", "11", "12", "13", "14", "15", '"12"', '"\\1\\2"'])("§7.1.2: %s is one", (bits) => {
    for (const name of ["server_max_window_bits", "client_max_window_bits"]) {
      expect(accept(`; ${name}=${bits}`, SHARED)).not.toBeNull();
      expect(agree(`; ${name}=${bits}`, DEDICATED)).not.toBeNull();
    }
  });

  it.each(wrong)("§7.1.2: %j is invalid", (bits) => {
    for (const name of ["server_max_window_bits", "client_max_window_bits"]) {
      expect(accept(`; ${name}=${bits}`, SHARED)).toBeNull();
      expect(agree(`; ${name}=${bits}`, DEDICATED)).toBeNull();
    }
  });
});

describe("RFC 7692 §7.1.2.1: server_max_window_bits", () => {
  it.each([
    8, 9, 10, 11, 12, 13, 14, 15,
  ])("§7.1.2.1: a server accepts %d by the same value, or a smaller one", (bits) => {
    const offer = `; server_max_window_bits=${bits}`;
    expect(accept(offer, DEDICATED)).toBe(`permessage-deflate; server_max_window_bits=${bits}`);
    expect(acceptDeflate(`permessage-deflate${offer}`, DEDICATED)?.params.serverMaxWindowBits).toBe(bits);
    const small = `server_max_window_bits=${Math.min(bits, 9)}`;
    expect(accept(offer, SMALL)).toBe(`permessage-deflate; client_no_context_takeover; ${small}`);
    expect(accept(offer, SHARED)).toContain(`; server_no_context_takeover; server_max_window_bits=${bits}`);
  });

  it("§7.1.2.1: a server may send it without an offer", () => {
    expect(accept("", SMALL)).toContain("; server_max_window_bits=9");
    expect(agree("; server_max_window_bits=9", DEDICATED)).toEqual({
      ...NONE,
      ...FULL,
      serverMaxWindowBits: 9,
    });
  });

  it("§7.1.2.1: an offer MUST have a value", () => {
    expect(accept("; server_max_window_bits", SHARED)).toBeNull();
    expect(agree("; server_max_window_bits", DEDICATED)).toBeNull();
  });

  it("§7.1.2.1: a client that offered it fails if the response leaves it out, or allows more", () => {
    const options: DeflateOptions = { compress: "dedicated", decompress: "4KB" };
    expect(offerDeflate(options)).toContain("; server_max_window_bits=12");
    expect(agree("", options)).toBeNull();
    expect(agree("; server_max_window_bits=13", options)).toBeNull();
    expect(agree("; server_max_window_bits=12", options)).toEqual({
      ...NONE,
      ...FULL,
      serverMaxWindowBits: 12,
    });
    expect(agree("; server_max_window_bits=8", options)).toEqual({
      ...NONE,
      ...FULL,
      serverMaxWindowBits: 8,
    });
  });
});

describe("RFC 7692 §7.1.2.2: client_max_window_bits", () => {
  it("§7.1.2.2: an offer has it with or without a value, a response with one", () => {
    const options: DeflateOptions = { compress: "dedicated", decompress: "4KB" };
    expect(accept("; client_max_window_bits", options)).toBe("permessage-deflate; client_max_window_bits=12");
    expect(accept("; client_max_window_bits=15", options)).toBe(
      "permessage-deflate; client_max_window_bits=12",
    );
    expect(agree("; client_max_window_bits", DEDICATED)).toBeNull();
    expect(agree("; client_max_window_bits=12", DEDICATED)).toEqual({
      ...NONE,
      ...FULL,
      clientMaxWindowBits: 12,
    });
  });

  it("§7.1.2.2: a server MUST NOT send it unless it was offered, and demands no context takeover then", () => {
    expect(accept("", SMALL)).toBe(
      "permessage-deflate; client_no_context_takeover; server_max_window_bits=9",
    );
  });

  it("§7.1.2.2: a client always offers to limit its window", () => {
    expect(offerDeflate(DEDICATED)).toBe("permessage-deflate; client_max_window_bits");
    expect(offerDeflate(SHARED)).toContain("; client_max_window_bits");
    expect(offerDeflate(SMALL)).toContain("; client_max_window_bits=9");
  });

  it("§7.1.2.2: a server responds to a value with the same or a smaller one", () => {
    expect(accept("; client_max_window_bits=9", DEDICATED)).toBe(
      "permessage-deflate; client_max_window_bits=9",
    );
    expect(accept("; client_max_window_bits=9", { ...DEDICATED, decompress: "4KB" })).toBe(
      "permessage-deflate; client_max_window_bits=9",
    );
  });

  it("§7.1.2.2: a client fails if the response allows more than it offered", () => {
    const options: DeflateOptions = { compress: "3KB", decompress: "dedicated" };
    expect(agree("; client_max_window_bits=10", options)).toBeNull();
    expect(agree("; client_max_window_bits=9", options)).toEqual({
      ...NONE,
      ...FULL,
      clientMaxWindowBits: 9,
    });
  });

  it("§7.1.2.2: a client's value binds it, although the server passes over it", () => {
    expect(agree("", { compress: "3KB", decompress: "dedicated" })).toEqual({
      ...NONE,
      ...FULL,
      clientMaxWindowBits: 9,
    });
  });
});
