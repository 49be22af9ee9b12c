import type { DaxContext } from "./dax.ts";

const CONTROL: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** `echo` with the options of Bun's: `-n`, `-e` and `-E`, alone or joined. */
export async function echo({ args, stdout }: DaxContext): Promise<{ code: number }> {
  let first = 0;
  let end = "\n";
  let isEscaped = false;
  for (; /^-[neE]+$/.test(args[first] ?? ""); first++) {
    for (const option of args[first]!.slice(1)) {
      if (option === "n") end = "";
      else isEscaped = option === "e";
    }
  }
  const text = args.slice(first).join(" ");
  await stdout.writeText(isEscaped ? interpreted(text, end) : text + end);
  return { code: 0 };
}

/** Everything behind `\c` is left out, the end of the line, too. */
function interpreted(text: string, end: string): string {
  const stop = /^(?:[^\\]|\\[^c])*?(?=\\c)/s.exec(text);
  return (stop?.[0] ?? text + end).replace(
    /\\(?:0([0-7]{0,3})|x([0-9a-fA-F]{1,2})|([abefnrtv\\]))/g,
    (_, octal: string | undefined, hex: string | undefined, letter: string) =>
      octal === undefined && hex === undefined
        ? CONTROL[letter]!
        : String.fromCharCode(
            octal === undefined ? Number.parseInt(hex!, 16) : Number.parseInt(`0${octal}`, 8),
          ),
  );
}
