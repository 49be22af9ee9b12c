import { callInBun, findBun } from "@mantou/testing/bun";
import { describe, expect, it } from "vitest";
import { CSRF } from "../../src/global/crypto/csrf.ts";

const KEY = { secret: "a secret", sessionId: "ada" };
/** Made by Bun 1.4.5 with that key, and without an end. */
const OF_BUN = [
  ["sha256", "AAABoicUr30W2cdbN_gJZeFULIqgQE23AAAAAAAAAADMMmyIx-eKFO-ORsnrZXrGkY4UbJPHOiz0nX8u2gYKZA"],
  [
    "sha384",
    "AAABoicUr31KaHgtrhT7Fwxg5G-NS1_XAAAAAAAAAAARD8RrTSN2lfA_yaVJYbFuFP4NILJrbJeRc9n4oNpdcb5EJK1ss8n5vRUr-vqkalM",
  ],
  [
    "sha512",
    "AAABoicUr3266tcwjdjb2ZuGPWSi2_FLAAAAAAAAAAAaihUDgWVqFT04imShzSLyxEdtOe23En1Y7bZ1ZzMskJsRgpct33KeLCJ4UWMgtnrExCVZCppxV9sLaalDO4rl",
  ],
  ["sha512-256", "AAABoicUr30KI1FYs3SqnefB8OV5SvM8AAAAAAAAAABr1ESYHW6H9PpuGIn2oU8YuT3uhFTnGiKfOc7VgvyuZg"],
  ["blake2b256", "AAABoicUr31HKZFMmtIXSliKZcOI9EiEAAAAAAAAAAB5wEUpiA0WfDhueerTEk5AcPVvgi4TtBdjvxk_DXGktg"],
  [
    "blake2b512",
    "AAABoicUr30yyRo1tN8At0nH3DzPg2nCAAAAAAAAAADvQfZgMnFNC7ZgSUAw8awqN1pzyi4BBObJnMzPEAtQarz3usYqRBxElR84hwgKH1SL1yLa0hi8NrFYcymHYm5L",
  ],
] as const;
const ALGORITHMS = OF_BUN.map(([algorithm]) => algorithm);

const bun = process.env["MANTOU_FULL"] === "1" ? findBun() : null;

describe("Bun.CSRF", () => {
  it.each(OF_BUN)("accepts a token of Bun by %s", (algorithm, token) => {
    expect(CSRF.verify(token, { ...KEY, algorithm, maxAge: 0 })).toBe(true);
    for (const wrong of [{ secret: "another" }, { sessionId: "bob" }, { maxAge: 1 }])
      expect(CSRF.verify(token, { ...KEY, algorithm, maxAge: 0, ...wrong })).toBe(false);
    expect(CSRF.verify(token, { secret: KEY.secret, algorithm, maxAge: 0 })).toBe(false);
  });

  it("accepts its own tokens, in each encoding, until they end", () => {
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      for (const algorithm of ALGORITHMS) {
        const token = CSRF.generate(KEY.secret, { encoding, algorithm });
        expect(CSRF.verify(token, { secret: KEY.secret, encoding, algorithm })).toBe(true);
        const changed = token.replace(/^../, (start) => (start === "00" ? "11" : "00"));
        expect(CSRF.verify(changed, { secret: KEY.secret, encoding, algorithm })).toBe(false);
      }
    }
    expect(CSRF.verify(CSRF.generate())).toBe(true);
    expect(CSRF.verify(CSRF.generate(), { secret: "x" })).toBe(false);
  });

  it("names what is wrong", () => {
    const type = (message: string): unknown =>
      expect.objectContaining({ name: "TypeError", code: "ERR_INVALID_ARG_TYPE", message });
    expect(() => CSRF.generate("")).toThrow(type("Secret must be a non-empty string"));
    expect(() => CSRF.verify("")).toThrow(type("Token must be a non-empty string"));
    expect(() => CSRF.verify(5 as never)).toThrow(type("token must be a string"));
    expect(() => CSRF.generate("k", { algorithm: "md5" as never })).toThrow(type("Algorithm not supported"));
    expect(() => CSRF.generate("k", { sessionId: "" })).toThrow(type("sessionId must be a non-empty string"));
    expect(() => CSRF.generate("k", { expiresIn: -1 })).toThrow(RangeError);
    expect(CSRF.verify("no token", KEY)).toBe(false);
    expect(CSRF.verify("abc", { ...KEY, encoding: "hex" })).toBe(false);
  });

  it.skipIf(bun === null)("makes tokens that Bun accepts", async () => {
    const tokens = ALGORITHMS.map((algorithm) => [
      algorithm,
      CSRF.generate(KEY.secret, { algorithm, sessionId: KEY.sessionId }),
    ]);
    const source = `(tokens) => tokens.map(([algorithm, token]) => Bun.CSRF.verify(token, { secret: "a secret", sessionId: "ada", algorithm }))`;
    expect(await callInBun(bun!, source, tokens)).toEqual(ALGORITHMS.map(() => true));
  });
});
