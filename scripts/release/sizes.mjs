// The size of each package, and of what its installation brings.
import { readFileSync, statSync } from "node:fs";
import { run } from "./pack.mjs";
import { MANAGERS, Project } from "./project.mjs";

/** Kilobytes by package: `tarball`, and `installed`, with all dependencies. A release that needs more changes this file. */
const BOUNDS = JSON.parse(readFileSync(new URL("sizes.json", import.meta.url), "utf8"));

export async function checkSizes({ packed, folder, registry, check }) {
  for (const { manifest, tarball } of packed) {
    const { name } = manifest;
    const bound = BOUNDS[name] ?? { tarball: 0, installed: 0 };
    const size = Math.ceil(statSync(tarball).size / 1000);
    await check(`${name}: its tarball has ${size} kB (at most ${bound.tarball})`, () => {
      if (size > bound.tarball) throw new Error("It is too large: scripts/release/sizes.json has its bound");
    });
    const project = new Project(folder, MANAGERS.npm(registry));
    if (
      !(await check(`${name} is installed alone`, () => project.add(name.startsWith("@") ? name : tarball)))
    )
      continue;
    const { stdout } = await run("du", ["-s", "--apparent-size", "--block-size=1000", "node_modules"], {
      cwd: project.folder,
    });
    const installed = Number.parseInt(stdout, 10);
    await check(`${name}: node_modules has ${installed} kB (at most ${bound.installed})`, () => {
      if (installed > bound.installed)
        throw new Error("It is too large: scripts/release/sizes.json has its bound");
    });
  }
}
