export * from "@mantou/testing/raw-websocket";
