const hooks: (() => unknown)[] = [];

/**
 * Registers `hook` of a shared module to run after each test of every file in this process. Vitest's `afterEach` would register it
 * only for the file that imports the module first: files that share a process share its modules, too.
 */
export function afterEachTest(hook: () => unknown): void {
  hooks.push(hook);
}

/** For vitest.setup.ts, which runs for each file. The last registered hook runs first, as in vitest. */
export async function runAfterEach(): Promise<void> {
  for (const hook of hooks.toReversed()) await hook();
}

const ends: (() => unknown)[] = [];

/** Registers `hook` to run behind the file that runs now. A test may call this: Vitest's `afterAll` would be ignored there. */
export function afterThisFile(hook: () => unknown): void {
  ends.push(hook);
}

/** For vitest.setup.ts, which runs for each file. */
export async function runAfterFile(): Promise<void> {
  for (const hook of ends.splice(0).toReversed()) await hook();
}
