import { describe } from "vitest";
import { itRunsAsOnBun } from "../support/program-cases.ts";

/** Programs print what is true in their engine, whichever version of Node.js it is. */
describe("names that the language has in Bun's engine", () => {
  itRunsAsOnBun([
    {
      name: "promises",
      files: {
        "main.ts": `
          const { promise, resolve } = Promise.withResolvers<number>();
          setTimeout(() => resolve(1), 1);
          const failed = Promise.try(() => { throw new Error("a") }).catch((error) => error.message);
          class Own<T> extends Promise<T> {}
          const own = (Own as any).withResolvers();
          own.resolve();
          console.log(JSON.stringify([await promise, await failed, await Promise.try((a, b) => a + b, 1, 2), own.promise instanceof Own,
            Promise.withResolvers.name, Promise.withResolvers.length, Promise.try.length, Object.keys(Promise)]));
          try { (0, Promise.withResolvers)() } catch (error) { console.log((error as Error).name) }`,
      },
      prints: '[1,"a",3,true,"withResolvers",0,1,[]]\nTypeError',
    },
    {
      name: "collections",
      files: {
        "main.ts": `
          async function* count() { yield 1; yield 2 }
          const log: unknown[] = [await Array.fromAsync(count()), await Array.fromAsync([Promise.resolve(3), 4], (n: number) => n * 2),
            await Array.fromAsync({ length: 2, 0: "a", 1: Promise.resolve("b") }), await Array.fromAsync("hé"),
            Object.groupBy([1, 2, 3], (n) => (n % 2 ? "odd" : "even")), [...Map.groupBy("abca", (c) => c)],
            Object.getPrototypeOf(Object.groupBy([], String))];
          const map = new Map([["a", 1]]);
          log.push((map as any).getOrInsert("a", 2), (map as any).getOrInsert("b", 3), (map as any).getOrInsertComputed("c", (key: string) => key + key), [...map]);
          console.log(JSON.stringify(log));
          const closed: string[] = [];
          const source = { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }), return: async () => (closed.push("closed"), {}) }) };
          await Array.fromAsync(source as any, () => { throw new Error("mapped") }).catch((error) => closed.push(error.message));
          await Array.fromAsync(null as any).catch((error) => closed.push(error.name));
          await (Array as any).fromAsync([], 1).catch((error: Error) => closed.push(error.name));
          console.log(closed.join());
          for (const key in []) console.log(key);`,
      },
      prints:
        '[[1,2],[6,8],["a","b"],["h","é"],{"odd":[1,3],"even":[2]},[["a",["a","a"]],["b",["b"]],["c",["c"]]],null,1,3,"cc",[["a",1],["b",3],["c","cc"]]]\nclosed,mapped,TypeError,TypeError',
    },
    {
      name: "sets",
      files: {
        "main.ts": `
          const a = new Set([1, 2, 3]), b = new Set([3, 4]), map = new Map([[1, "x"], [9, "y"]]);
          console.log(JSON.stringify([[...a.union(b)], [...a.intersection(b)], [...b.intersection(a)], [...a.difference(b)], [...b.difference(a)],
            [...a.symmetricDifference(b)], a.isSubsetOf(b), new Set([3]).isSubsetOf(a), a.isSupersetOf(new Set([1, 2])), a.isDisjointFrom(b),
            a.isDisjointFrom(new Set([7])), [...a.union(map)], [...a.difference(map)]]));
          for (const other of [[1], null, { size: NaN, has() {}, keys() {} }, { size: -1, has() {}, keys() {} }, { size: 1, keys() {} }])
            try { a.union(other as any); console.log("no error") } catch (error) { console.log((error as Error).name) }
          try { Set.prototype.union.call({} as any, a) } catch (error) { console.log((error as Error).name) }`,
      },
      prints:
        "[[1,2,3,4],[3],[3],[1,2],[4],[1,2,4],false,true,true,false,true,[1,2,3,9],[2,3]]\nTypeError\nTypeError\nTypeError\nRangeError\nTypeError\nTypeError",
    },
    {
      name: "iterators",
      files: {
        "main.ts": `
          const log: unknown[] = [];
          function* numbers() { try { for (let i = 1; ; i++) yield i } finally { log.push("closed") } }
          log.push(numbers().map((n) => n * 2).filter((n) => n % 3 === 0).drop(1).take(2).toArray());
          log.push(new Map([["a", 1], ["b", 2]]).values().reduce((sum, n) => sum + n), [3, 4].values().reduce((sum, n, i) => sum + n * i, 10));
          log.push(numbers().some((n) => n > 3), numbers().every((n) => n < 3), numbers().find((n) => n > 4), [1].values().find((n) => n > 4));
          log.push([1, 2].values().flatMap((n) => [n, [n]]).toArray());
          const each: string[] = [];
          ["x", "y"].values().forEach((text, i) => each.push(text + i));
          log.push(each);
          const unstarted = numbers();
          unstarted.next();
          log.push(unstarted.map(String).return!());
          let n = 0;
          log.push(Iterator.from({ next: () => ({ done: n > 1, value: n++ }) } as any).map((value: any) => value + 1).toArray(), Iterator.from("ab").toArray());
          class Own extends Iterator<number> { next() { return { done: true as const, value: undefined } } }
          log.push(new Own().toArray(), new Own() instanceof Iterator, [].values() instanceof Iterator, Iterator.prototype.map.name, Iterator.name);
          log.push(Object.prototype.toString.call([].values().map(String)));
          for (const attempt of [() => [].values().map(1 as any), () => [].values().take(-1), () => [].values().take(NaN), () => [].values().reduce((a: any) => a),
            () => new (Iterator as any)(), () => Iterator.from(1 as any), () => ["ab"].values().flatMap((text) => text as any).toArray(),
            () => numbers().map(() => { throw new SyntaxError() }).next()])
            try { attempt(); log.push("no error") } catch (error) { log.push((error as Error).name) }
          console.log(JSON.stringify(log));
          for (const key in [].values()) console.log(key);`,
      },
      prints:
        '["closed",[12,18],3,14,"closed","closed","closed",true,false,5,null,[1,[1],2,[2]],["x0","y1"],"closed",{"done":true},[1,2],["a","b"],[],true,true,"map","Iterator","[object Iterator Helper]","TypeError","RangeError","RangeError","TypeError","TypeError","TypeError","TypeError","closed","SyntaxError"]',
    },
    {
      name: "texts",
      files: {
        "main.ts": `
          const bytes = new Uint8Array([0, 250, 255, 62]) as any, from = Uint8Array as any;
          console.log(JSON.stringify([bytes.toBase64(), bytes.toBase64({ alphabet: "base64url" }), bytes.toBase64({ omitPadding: true }), bytes.toHex(),
            [...from.fromBase64("APr/Pg==")], [...from.fromBase64("APr_Pg", { alphabet: "base64url" })], [...from.fromBase64(" AP r/ ")], [...from.fromHex("00fA")],
            from.fromHex("00").constructor === Uint8Array, (RegExp as any).escape("a.b*[c]\\n-é /"), (RegExp as any).escape("9x"), (RegExp as any).escape(""),
            (Error as any).isError(new TypeError()), (Error as any).isError({ name: "Error" })]));
          for (const attempt of [() => from.fromBase64("A"), () => from.fromBase64("APr_"), () => from.fromHex("0"), () => from.fromHex("0g"), () => from.fromHex(1), () => (RegExp as any).escape(1)])
            try { attempt(); console.log("no error") } catch (error) { console.log((error as Error).name) }`,
      },
      prints: String.raw`["APr/Pg==","APr_Pg==","APr/Pg","00faff3e",[0,250,255,62],[0,250,255,62],[0,250,255],[0,250],true,"\\x61\\.b\\*\\[c\\]\\n\\x2dé\\x20\\/","\\x39x","",true,false]
SyntaxError
SyntaxError
SyntaxError
SyntaxError
TypeError
TypeError`,
    },
    {
      name: "a name that the program defines itself",
      files: {
        "main.ts": `
          (Set.prototype as any).union = () => "own";
          Object.defineProperty(Promise, "try", { value: () => "own" });
          (globalThis as any).Iterator = "own";
          console.log(String([new Set().union(new Set()), Promise.try(() => 1), globalThis.Iterator]));`,
      },
      prints: "own,own,own",
    },
  ]);
});
