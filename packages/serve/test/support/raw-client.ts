export * from "@mantou/testing/raw-client";
