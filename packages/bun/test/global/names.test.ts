import { inspect } from "node:util";
import * as members from "@mantou/bun";
import { callInBun, findBun, NO_BUN } from "@mantou/testing/bun";
import { describe, expect, it } from "vitest";
import { MISSING } from "../../src/base/missing.ts";

const BUN = findBun();
const Bun = members.default as unknown as Readonly<Record<string, unknown>>;

describe.skipIf(BUN === null)(`the names of "bun"${BUN === null ? ` (${NO_BUN})` : ""}`, () => {
  it("are those of Bun, and so are the kinds of their values", async () => {
    const source = `() => {
      const kinds = (object, names) => Object.fromEntries(names.map((name) => [name, typeof object[name]]));
      const hidden = Object.getOwnPropertyNames(Bun).filter((name) => !Object.keys(Bun).includes(name));
      return [kinds(Bun, Object.keys(Bun)), kinds(Bun, hidden)];
    }`;
    const [due, hidden] = (await callInBun(BUN!, source, null)) as [object, object];
    const kindOf = (name: string): [string, string] => [name, typeof Bun[name]];
    expect(Object.fromEntries(Object.keys(Bun).map(kindOf))).toEqual(due);
    const names = Object.keys(members).filter((name) => name !== "default");
    expect(names.sort()).toEqual(Object.keys(due).sort());
    // `jest` and `registerMacro` are for Bun's own tools.
    const { jest: _, registerMacro: __, ...others } = hidden as Record<string, string>;
    const ours = Object.getOwnPropertyNames(Bun).filter((name) => !Object.keys(Bun).includes(name));
    expect(Object.fromEntries(ours.map(kindOf))).toEqual(others);
  });
});

describe("a name that is not there", () => {
  it.each(MISSING)("%s throws at any use, and says what to use", async (name) => {
    const value = Bun[name] as (() => void) & { new (): object; some: unknown };
    const refusal = `Bun.${name} is not there in Mantou (use `;
    expect(() => value.some).toThrow(refusal);
    expect(() => value.some).toThrow(expect.objectContaining({ code: "ERR_NOT_IN_MANTOU" }));
    expect(() => {
      value.some = 1;
    }).toThrow(refusal);
    if (typeof value === "function") {
      expect(() => value()).toThrow(refusal);
      expect(() => new value()).toThrow(refusal);
      expect({} instanceof value).toBe(false);
    }
    expect(await value).toBe(value);
    expect("some" in value).toBe(false);
  });

  it("stands in no one's way: Bun can be listed, copied, printed and compared", () => {
    expect(Object.keys({ ...Bun })).toEqual(Object.keys(Bun));
    expect(inspect(Bun)).toMatch(/s3: (?:Proxy\()?\{\}/);
    expect(JSON.stringify(Bun)).toContain('"s3":{}');
    expect(`${Object.prototype.toString.call(Bun)} ${typeof Bun["$"]}`).toBe("[object Bun] function");
    expect("s3" in Bun && Bun["s3"] !== undefined).toBe(true);
  });
});

describe("a member that is loaded at its first use", () => {
  const { CryptoHasher, Glob, semver } = members;

  it("is the class: its instances, its statics, and classes that extend it", () => {
    class Own extends Glob {
      own(): boolean {
        return this.match("a.ts");
      }
    }
    expect(new Own("*.ts").own()).toBe(true);
    expect(new Glob("*") instanceof Glob && new Own("*") instanceof Glob).toBe(true);
    expect({} instanceof Glob).toBe(false);
    expect(CryptoHasher.hash("md5", "", "hex")).toBe("d41d8cd98f00b204e9800998ecf8427e");
    expect(Object.getOwnPropertyNames(CryptoHasher)).toContain("hash");
    expect(inspect(Glob)).toContain("Glob");
  });

  it("is the object: its members can be listed and copied", () => {
    expect({ ...semver }.satisfies("1.0.0", "^1")).toBe(true);
    expect("order" in semver).toBe(true);
  });
});
