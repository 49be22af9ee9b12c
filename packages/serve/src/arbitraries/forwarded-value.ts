import fc from "fast-check";

/** A parameter: its name in lower case, and its value. */
export type ForwardedPair = readonly [name: string, value: string];

/** A value of `Forwarded`, and its elements, the nearest proxy's last. */
export interface ValidForwarded {
  readonly text: string;
  readonly elements: readonly (readonly ForwardedPair[])[];
}

const TOKEN_CHARACTERS = [..."!#$%&'*+-.^_`|~09AZaz"];
const token: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom(...TOKEN_CHARACTERS),
  minLength: 1,
  maxLength: 8,
});
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What a quoted-string can have: HTAB, SP, VCHAR and obs-text (RFC 9110 §5.6.4). */
const text: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'\t "\\,;=[]:'),
    fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)),
  ),
  maxLength: 12,
});
const node: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("unknown", "_hidden", "192.0.2.43", "[2001:db8:cafe::17]:4711", "192.0.2.43:_port"),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
);

const pair: fc.Arbitrary<ForwardedPair> = fc.oneof(
  fc.tuple(fc.constantFrom("for", "by"), node),
  fc.tuple(fc.constant("proto"), fc.constantFrom("http", "https")),
  fc.tuple(fc.constant("host"), fc.domain()),
  fc.tuple(
    token.map((name) => name.toLowerCase()),
    fc.oneof(token, text),
  ),
);

const element: fc.Arbitrary<ForwardedPair[]> = fc.uniqueArray(pair, {
  minLength: 1,
  maxLength: 4,
  selector: ([name]) => name,
});

/** How a value is written, as bits: quoted although it is a token, letters of names in the other case, blanks, escapes, and empty elements. */
const style: fc.Arbitrary<number[]> = fc.array(fc.nat(31), { minLength: 1, maxLength: 16 });

/** Values in any form that the grammar has, and with blanks around semicolons. */
export const forwardedValue: fc.Arbitrary<ValidForwarded> = fc
  .tuple(fc.array(element, { minLength: 1, maxLength: 5 }), style)
  .map(([elements, styles]) => {
    let next = 0;
    const choose = (bit: number): boolean => ((styles[next++ % styles.length]! >> bit) & 1) === 1;
    const written = elements.map((pairs) =>
      pairs.map(([name, value]) => writePair(name, value, choose)).join(choose(2) ? "; " : ";"),
    );
    const separated = written.join(choose(2) ? " ,\t" : choose(4) ? ", ," : ",");
    return { text: separated, elements };
  });

function writePair(name: string, value: string, choose: (bit: number) => boolean): string {
  const shown = choose(1) ? name.toUpperCase() : name;
  if (TOKEN.test(value) && !choose(0)) return `${shown}=${value}`;
  const escaped = [...value].map((character) =>
    character === '"' || character === "\\" || choose(3) ? `\\${character}` : character,
  );
  return `${shown}="${escaped.join("")}"`;
}
