import fc from "fast-check";
import type { Packed, Script, Step } from "./sqlite-runner.ts";

/**
 * Bytes are those of ASCII without NUL. As text, NUL ends a value for Node.js 22 and WebAssembly, and WebAssembly reads bytes that are
 * not UTF-8 in its own way.
 */
const byte = fc.integer({ min: 1, max: 127 });

/** Random programs for `bun:sqlite`: tables, statements with parameters of all kinds, transactions, and mistakes. */
const column = fc.constantFrom("id", "a", "b", "c", "d");
const table = fc.constantFrom("t", "u");

const DECLARATIONS = [
  "a",
  "a integer",
  "a text unique",
  "b integer not null default 7",
  "b real",
  "b blob",
  "b numeric check(b <> 3)",
  "c text collate nocase",
  "c any",
  "c integer references t(id)",
  "d text default 'x'",
  "d generated always as (a || 1)",
];

const create = fc
  .tuple(
    table,
    fc.constantFrom(
      "id integer primary key",
      "id integer primary key autoincrement",
      "id text primary key",
      "id",
    ),
    fc.subarray(DECLARATIONS, { minLength: 1, maxLength: 4 }),
  )
  .map(([name, id, others]) => `create table ${name}(${[id, ...others].join(", ")})`);

const literal = fc.oneof(
  fc.integer({ min: -5, max: 5 }).map(String),
  fc.constantFrom(
    "9007199254740993",
    "-9223372036854775808",
    "1.5",
    "1e300",
    "-0.0",
    "null",
    "''",
    "'it''s'",
    "x''",
    "x'0a7f'",
    "'é😀'",
    "true",
  ),
);
const parameter = fc.constantFrom("?", "?", "?", "?1", "?3", "$a", ":b", "@c", "$a");

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, depthIdentifier: "expression" },
    literal,
    parameter,
    column,
    fc
      .tuple(
        fc.constantFrom("+", "-", "*", "/", "%", "||", "=", "<", "is", "and", "or", "&", "<<", "like"),
        tie("expression"),
        tie("expression"),
      )
      .map(([op, x, y]) => `(${x} ${op} ${y})`),
    fc
      .tuple(
        fc.constantFrom(
          "abs",
          "typeof",
          "length",
          "hex",
          "quote",
          "upper",
          "round",
          "nofunction",
          "coalesce",
          "sum",
          "count",
        ),
        tie("expression"),
      )
      .map(([name, x]) => `${name}(${x})`),
    fc
      .tuple(fc.constantFrom("integer", "text", "real", "blob"), tie("expression"))
      .map(([type, x]) => `cast(${x} as ${type})`),
    fc
      .tuple(tie("expression"), tie("expression"), tie("expression"))
      .map(([x, y, z]) => `case ${x} when ${y} then ${z} end`),
  ),
}));

const where = fc
  .option(expression, { nil: null })
  .map((condition) => (condition === null ? "" : ` where ${condition}`));
const list = fc.array(expression, { minLength: 1, maxLength: 3 }).map((all) => all.join(", "));
const select = fc.oneof(
  list.map((columns) => `select ${columns}`),
  fc
    .tuple(list, table, where)
    .map(([columns, name, condition]) => `select ${columns} from ${name}${condition}`),
  fc.tuple(table, where).map(([name, condition]) => `select *, id, a as "A" from ${name}${condition}`),
);
const returning = fc.constantFrom("", "", " returning *", " returning id, typeof(id)");
const conflict = fc.constantFrom("", "", " or replace", " or ignore", " or rollback");
const write = fc.oneof(
  fc
    .tuple(
      conflict,
      table,
      fc.uniqueArray(column, { minLength: 1, maxLength: 3 }),
      fc.array(expression, { minLength: 1, maxLength: 3 }),
      returning,
    )
    .map(
      ([or, name, columns, values, back]) =>
        `insert${or} into ${name}(${columns.join(", ")}) values(${values.join(", ")})${back}`,
    ),
  fc
    .tuple(table, column, expression, where, returning)
    .map(([name, set, value, condition, back]) => `update ${name} set ${set} = ${value}${condition}${back}`),
  fc
    .tuple(table, where, returning)
    .map(([name, condition, back]) => `delete from ${name}${condition}${back}`),
);
const other = fc.constantFrom(
  "pragma user_version",
  "pragma user_version = 4",
  "pragma foreign_keys = on",
  "begin",
  "commit",
  "rollback",
  "savepoint s",
  "release s",
  "alter table t add column e default 5",
  "alter table t rename column a to aa",
  "drop table u",
  "create index i on t(a)",
  "explain query plan select 1",
  "create trigger r after insert on t begin update t set c = new.id; delete from u; end",
  "",
  ";",
  "-- nothing",
);
/** A statement, sometimes with a word too few. */
const statement = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: select },
      { weight: 5, arbitrary: write },
      { weight: 1, arbitrary: create },
      { weight: 2, arbitrary: other },
    ),
    fc.option(fc.nat(12), { freq: 12 }),
  )
  .map(([sql, missing]) => (missing === null ? sql : sql.split(" ").toSpliced(missing, 1).join(" ")));
const statements = fc
  .array(fc.tuple(statement, fc.constantFrom(";", " ; ", ";-- x ; y\n", ";/* ; */")), {
    minLength: 1,
    maxLength: 3,
  })
  .map((all) => all.map((each) => each.join("")).join(""));

const value: fc.Arbitrary<Packed> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -4, max: 9 }).map((n): Packed => ["number", String(n)]) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("1.5", "-0", "NaN", "Infinity", "9007199254740991", "9007199254740992", "-1e300")
      .map((n): Packed => ["number", n]),
  },
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map((n): Packed => ["bigint", String(n)]),
  fc.integer({ min: -3, max: 3 }).map((n): Packed => ["bigint", String(n)]),
  {
    weight: 3,
    arbitrary: fc.constantFrom("", "x", "it's", "é😀", "\ud800", "5").map((text): Packed => ["string", text]),
  },
  fc.boolean().map((flag): Packed => ["boolean", flag]),
  { weight: 2, arbitrary: fc.constantFrom<Packed>(["null", null], ["undefined"]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("bytes", "buffer", "words"), fc.array(byte, { maxLength: 3 }))
      .map((packed): Packed => packed),
  },
  fc.constantFrom<Packed>(["date"], ["symbol"]),
);
const key = fc.constantFrom("a", "$a", ":a", "b", ":b", "c", "@c", "0", "?1", "?3", "1", "zzz");
const values = fc.array(value, { maxLength: 4 });
const args: fc.Arbitrary<readonly Packed[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: values },
  values.map((all): Packed[] => [["array", all]]),
  {
    weight: 3,
    arbitrary: fc.array(fc.tuple(key, value), { maxLength: 5 }).map((all): Packed[] => [["object", all]]),
  },
  fc
    .tuple(value, fc.array(fc.tuple(key, value), { maxLength: 2 }))
    .map(([first, all]): Packed[] => [first, ["object", all]]),
);
/** As many values as the statement has parameters, as far as a look at its text tells. */
const fitting = statement.chain((sql) => {
  const count = (sql.match(/\?(?!\d)/g) ?? []).length;
  return fc.tuple(fc.constant(sql), fc.oneof(args, fc.array(value, { minLength: count, maxLength: count })));
});

const { step } = fc.letrec<{ step: Step }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 2, depthIdentifier: "step" },
    {
      weight: 3,
      arbitrary: fc
        .tuple(statements, fc.oneof(fc.constant([]), args))
        .map(([sql, given]): Step => ({ do: "run", sql, args: given })),
    },
    {
      weight: 6,
      arbitrary: fc
        .record({
          do: fc.constant("statement" as const),
          by: fc.constantFrom("query" as const, "prepare" as const),
          call: fc.constantFrom("get", "all", "values", "raw", "run", "iterate"),
          fitting,
          again: fc.boolean(),
        })
        .map(({ fitting: [sql, given], ...rest }): Step => ({ ...rest, sql, args: given }) as Step),
    },
    { weight: 1, arbitrary: statement.map((sql): Step => ({ do: "describe", sql })) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("transaction" as const),
        kind: fc.constantFrom("default", "deferred", "immediate", "exclusive"),
        steps: fc.array(tie("step"), { maxLength: 4 }),
        throws: fc.boolean(),
      }) as fc.Arbitrary<Step>,
    },
  ),
}));

/** A script begins with tables and rows, so that most statements find some. */
export const script: fc.Arbitrary<Script> = fc
  .record({
    strict: fc.boolean(),
    safeIntegers: fc.boolean(),
    tables: fc.tuple(create, create),
    steps: fc.array(step, { minLength: 3, maxLength: 12 }),
  })
  .map(({ tables, steps, ...options }) => {
    const setup = [
      ...tables,
      "insert into t(a) values(1)",
      "insert into t(id, a) values(5, 'five')",
      "insert into u(id) values(2)",
    ];
    return { ...options, steps: [...setup.map((sql): Step => ({ do: "run", sql, args: [] })), ...steps] };
  });
