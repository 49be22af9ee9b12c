export * from "@mantou/testing/raw-response";
