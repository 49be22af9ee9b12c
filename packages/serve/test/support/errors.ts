export * from "@mantou/testing/errors";
