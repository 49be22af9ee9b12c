import { Plugin } from "../context";

export default {
  name: "health",
  routes: { "/health": () => new Response("healthy") },
} as Plugin;
