export * from "@mantou/testing/wait";
