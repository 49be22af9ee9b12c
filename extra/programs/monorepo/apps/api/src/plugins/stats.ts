import { lines } from "../../../../packages/store/src/log";
import { Plugin, store } from "../context";

const plugin: Plugin = {
  name: "stats",
  routes: {
    "/stats": () =>
      Response.json({
        reads: store.reads,
        store: store.number,
        log: lines,
        file: import.meta.file,
        main: import.meta.main,
      }),
  },
};
export default plugin;
