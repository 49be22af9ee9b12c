import * as index from "../../src/index.ts";

/** The package's exports, once its globals are in place. */
export const register: typeof index = index;
