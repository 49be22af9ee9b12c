import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import bytes from "bytes";

const { env } = Bun;

export const config = {
  port: env.PORT ? parseInt(env.PORT) : 3004,
  root: resolve(env.UPLOAD_DIR ?? `${import.meta.dir}/../uploads`),
  maxFile: bytes.parse(env.MAX_FILE ?? "1mb")!,
  maxBody: bytes.parse(env.MAX_BODY ?? "4mb")!,
  allowed: new Set((env.ALLOWED ?? "").split(",").filter(Boolean)),
} as const;

await mkdir(config.root, { recursive: true });
