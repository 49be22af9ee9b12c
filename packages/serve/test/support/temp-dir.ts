export * from "@mantou/testing/temp-dir";
