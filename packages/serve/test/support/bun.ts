export * from "@mantou/testing/bun";
