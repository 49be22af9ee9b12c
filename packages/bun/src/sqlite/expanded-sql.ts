import type { SQLiteValue } from "./backend.ts";
import { tokens } from "./sql-text.ts";
import { wellFormed } from "./well-formed.ts";

/** A statement's text with the bound values in place of its parameters, as `sqlite3_expanded_sql` writes it. */
export function expandedSQL(
  sql: string,
  parameters: readonly (string | null)[],
  values: readonly SQLiteValue[],
): string {
  if (parameters.length === 0) return sql;
  let expanded = "";
  let copied = 0;
  let highest = 0;
  for (const { text, start } of tokens(sql)) {
    if (text !== "?" && !/^[?$@:#]./.test(text)) continue;
    const numbered = /^\?\d/.test(text) ? Number(text.slice(1)) - 1 : parameters.indexOf(text);
    const index = text === "?" ? highest : numbered;
    highest = Math.max(highest, index + 1);
    expanded += sql.slice(copied, start) + literal(values[index] ?? null);
    copied = start + text.length;
  }
  return expanded + sql.slice(copied);
}

function literal(value: SQLiteValue): string {
  switch (typeof value) {
    case "string": {
      const nul = value.indexOf("\0");
      return `'${wellFormed(nul < 0 ? value : value.slice(0, nul)).replaceAll("'", "''")}'`;
    }
    case "bigint":
      return String(value);
    case "number":
      return real(value);
    default:
      return value === null ? "NULL" : `x'${Buffer.from(value).toString("hex")}'`;
  }
}

/** A REAL in the format `%!.15g` of SQLite: it has a decimal point, and an exponent of two digits. */
function real(value: number): string {
  if (Number.isNaN(value)) return "NULL";
  if (!Number.isFinite(value)) return value > 0 ? "Inf" : "-Inf";
  if (value === 0) return "0.0";
  const [mantissa = "", exponent = ""] = value.toExponential(14).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 15)
    return withPoint(Number(value.toPrecision(15)).toFixed(Math.max(14 - power, 0)));
  const digits = String(Math.abs(power)).padStart(2, "0");
  return `${withPoint(mantissa)}e${power < 0 ? "-" : "+"}${digits}`;
}

function withPoint(digits: string): string {
  const short = digits.includes(".") ? digits.replace(/0+$/, "") : digits;
  return short.endsWith(".") ? `${short}0` : short.includes(".") ? short : `${short}.0`;
}
