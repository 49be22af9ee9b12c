// `pnpm attack`: runs every attack against a built server, and prints a table of the measurements beside their bounds.
import { holds } from "./attack.ts";
import { attacks } from "./attacks.ts";
import { type Options, parseOptions, USAGE, UsageError } from "./cli.ts";
import { formatTable, type Row } from "./table.ts";

function readOptions(): Options | null {
  try {
    return parseOptions(process.argv.slice(2), () => Math.floor(Math.random() * 2 ** 31));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return null;
  }
}

/** @returns the exit code */
async function run({ settings, only, list, help }: Options): Promise<number> {
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const wanted = attacks.filter(({ name }) => only.length === 0 || only.some((text) => name.includes(text)));
  if (list) {
    for (const { name, about } of wanted) console.log(`${name}: ${about}`);
    return 0;
  }
  const picked = wanted.filter(({ transports }) => transports?.includes(settings.transport) ?? true);
  if (picked.length === 0) {
    console.error(`No attack over ${settings.transport} has this in its name: ${only.join(", ")}`);
    return 2;
  }
  const mode = settings.plain ? "the platform's globals" : "Mantou's globals";
  console.log(`Node.js ${process.versions.node}, ${settings.transport}, ${mode}, --seed ${settings.seed}`);
  const rows: Row[] = [];
  for (const attack of picked) {
    console.log(`${attack.name}: ${attack.about}`);
    rows.push(...(await measure(attack.name, () => attack.run(settings))));
  }
  console.log(`\n${formatTable(rows)}`);
  return rows.every(holds) ? 0 : 1;
}

/** An attack that cannot finish is a finding, too: the server is gone, or does not respond. */
async function measure(attack: string, run: () => Promise<readonly Omit<Row, "attack">[]>): Promise<Row[]> {
  try {
    return (await run()).map((measured) => ({ attack, ...measured }));
  } catch (error) {
    const note = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [{ attack, what: "was broken off", unit: "", bound: 0, measured: 1, note }];
  }
}

const options = readOptions();
// Node.js 20 has been seen to wait for ever for a socket that it closes itself, behind the end of the program.
process.exit(options === null ? 2 : await run(options));
