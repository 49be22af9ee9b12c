import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { joinPlatformClass } from "../../src/fetch/web-class.ts";

class Platform {
  #secret = 1;
  get shown(): number {
    return this.#secret;
  }
  hidden(): number {
    return this.#secret;
  }
}
Object.defineProperty(Platform.prototype, "shown", { enumerable: true });

class Ours {
  get shown(): number {
    return 2;
  }
  hidden(): number {
    return 2;
  }
  more(): number {
    return 3;
  }
}

joinPlatformClass(Ours, Platform, ({ shown }) => ({ shown }));

describe("joinPlatformClass", () => {
  it("makes each an instance of the other", () => {
    expect([
      new Ours() instanceof Platform,
      new Platform() instanceof Ours,
      new Ours() instanceof Ours,
    ]).toEqual([true, true, true]);
    expect([{}, null, 1, Ours].map((value) => (value as unknown) instanceof Ours)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("gives it the length of the platform's, which is that of Web IDL", () => {
    class Demanding {
      readonly url: string;
      constructor(url: string) {
        this.url = url;
      }
    }
    class Taking {}
    joinPlatformClass(Taking, Demanding, (shown) => shown);
    expect(Taking.length).toBe(1);
    expect([Request, Response, Headers].map(({ length }) => length)).toEqual([1, 0, 0]);
  });

  it("leaves a subclass its own instances", () => {
    class Sub extends Ours {}
    expect([new Sub() instanceof Sub, new Sub() instanceof Ours, new Sub() instanceof Platform]).toEqual([
      true,
      true,
      true,
    ]);
    expect([new Ours() instanceof Sub, new Platform() instanceof Sub]).toEqual([false, false]);
  });

  it("keeps our members, as enumerable as the platform's", () => {
    const ours = new Ours();
    expect([ours.shown, ours.hidden(), ours.more()]).toEqual([2, 2, 3]);
    const names: string[] = [];
    for (const name in ours) names.push(name);
    expect(names).toEqual(["shown"]);
  });

  it("is shown by the name of its class", () => {
    class Named extends Ours {}
    expect(inspect(new Ours())).toBe("Ours { shown: 2 }");
    expect(inspect({ it: new Named() })).toBe("{ it: Named { shown: 2 } }");
  });
});
