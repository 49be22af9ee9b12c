export * from "@mantou/testing/tls";
