/** A guide of Bun's documentation, and how its code is run. */
export interface Guide {
  /** Its file below the folder, without the extension. */
  readonly name: string;
  readonly runs: readonly Run[];
  /** The numbers of blocks of code that are not run, with the reasons. */
  readonly leftOut?: Readonly<Record<number, string>>;
}

/** A number stands for that block of the guide, the first being 0; a text for lines of the test's own. */
export type Part = number | string;

export interface Run {
  /** Texts by their names. `main.ts` is run. */
  readonly files: Readonly<Record<string, readonly Part[]>>;
  readonly args?: readonly string[];
  /** Standard input. */
  readonly input?: string;
  /** A signal that is sent when a text has been printed. */
  readonly signal?: { readonly behind: string; readonly name: NodeJS.Signals };
  /** What both print contains. The default is what shows that something was printed. */
  readonly prints: RegExp;
}

/** What shows a value. */
export const show = (...values: readonly string[]): string =>
  `console.log(${values.map((value) => `JSON.stringify(${value})`).join(", ")});`;
