/** The folders of the programs. */
export const PROGRAMS: readonly string[] = [
  "url-shortener",
  "game-server",
  "elysia-jsx",
  "hono-zod",
  "sse-dashboard",
  "webhook-bot",
  "upload-service",
  "chat-auth",
  "file-browser",
  "monorepo",
  "rest-drizzle",
  "sessions",
  "job-queue",
];
