import * as members from "./bun.ts";
import { mainPath } from "./runtime.ts";

/** The type of the global `Bun`. */
export type BunGlobal = typeof members;

/** The global `Bun`, which is the default export of `"bun"`, too. */
const Bun: BunGlobal = Object.defineProperties(
  { ...members },
  {
    // Programs list the members of Bun; these stand beside them.
    main: { enumerable: true, configurable: true, get: mainPath },
    cwd: { configurable: true, get: () => process.cwd() },
    origin: { value: "" },
    version_with_sha: { value: `v${members.version} (${members.revision.slice(0, 9)})` },
    [Symbol.toStringTag]: { value: "Bun", configurable: true },
  },
);

export default Bun;
