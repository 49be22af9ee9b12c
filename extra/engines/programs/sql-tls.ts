// TLS: files with certificates and keys, and what of the server's certificate is checked.
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { SQL } from "bun";

const { SECURE_FOLDER, SECURE_PORT } = process.env;
const certFile = `${SECURE_FOLDER}/cert.pem`;
const keyFile = `${SECURE_FOLDER}/key.pem`;
const folder = mkdtempSync(`${tmpdir()}/mantou-sql-`);
const lockedFile = `${folder}/locked.pem`;
const pkcs8 = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" } as const;
writeFileSync(lockedFile, createPrivateKey(readFileSync(keyFile)).export(pkcs8));

async function ask(name: string, query: string, options: object = {}): Promise<void> {
  try {
    const sql = new SQL(`postgres://postgres@localhost:${SECURE_PORT}/postgres${query}`, {
      max: 1,
      ...options,
    });
    const [row] = await sql`select ssl, client_dn from pg_stat_ssl where pid = pg_backend_pid()`.finally(() =>
      sql.close(),
    );
    console.log(name, (sql.options as { sslMode?: number }).sslMode, row.ssl, row.client_dn);
  } catch (error) {
    console.log(name, "!", (error as Error & { code: string }).code);
  }
}

await ask("none", "");
await ask("required", "?sslmode=require");
await ask("untrusted", "?sslmode=verify-full");
await ask("caFile", "", { tls: { caFile: certFile } });
await ask("certFile and keyFile", "?sslmode=require", { tls: { certFile, keyFile } });
await ask("passphrase", "?sslmode=require", {
  tls: { certFile, keyFile: lockedFile, passphrase: "secret" },
});
await ask("missing", "", { tls: { caFile: `${folder}/none.pem` } });
await ask("sslrootcert", `?sslmode=verify-full&sslrootcert=${certFile}`);
await ask("sslrootcert alone", `?sslrootcert=${certFile}`);
await ask("sslrootcert, required", `?sslmode=require&sslrootcert=${certFile}`);
await ask("sslcert and sslkey", `?sslmode=require&sslcert=${certFile}&sslkey=${keyFile}`);
await ask("sslpassword", `?sslmode=require&sslcert=${certFile}&sslkey=${lockedFile}&sslpassword=secret`);
await ask("missing sslrootcert", `?sslmode=verify-full&sslrootcert=${folder}/none.pem`);
await ask("the option counts", `?sslrootcert=${folder}/none.pem`, { tls: { caFile: certFile } });
await ask("a file as the option", `?sslcert=${certFile}&sslkey=${keyFile}`, { tls: Bun.file(certFile) });
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
await ask("untrusted, by the environment", "?sslmode=verify-full");
await ask("verify-ca", "?sslmode=verify-ca");
await ask("the option verifies", "?sslmode=verify-full", { tls: { rejectUnauthorized: true } });
rmSync(folder, { recursive: true });
