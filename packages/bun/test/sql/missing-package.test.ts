import { SQL } from "@mantou/bun";
import { expect, it } from "vitest";

// The package is no dependency of this one, and of none above.
it("names the command that installs the package of PostgreSQL, in a rejection", async () => {
  const sql = new SQL("postgres://127.0.0.1:1/db");
  const missing = expect.objectContaining({
    code: "ERR_MODULE_NOT_FOUND",
    message: "Bun.SQL needs the package postgres. Install it: npm install postgres",
  });
  await expect(sql`SELECT 1`).rejects.toEqual(missing);
  await expect(sql.begin(async () => {})).rejects.toEqual(missing);
  await expect(sql.reserve()).rejects.toEqual(missing);
  await expect(sql.listen("channel", () => {})).rejects.toEqual(missing);
  await sql.close();
});

it("refuses MySQL at once, and says what to use", () => {
  expect(() => new SQL("mysql://127.0.0.1/db")).toThrow(
    'Bun.SQL\'s adapter "mysql" is not there in Mantou (use the package mysql2)',
  );
});
