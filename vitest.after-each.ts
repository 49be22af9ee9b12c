const hooks: (() => unknown)[] = [];

/**
 * A module that tests share has `hook` called after each test of every file that runs in this process. `afterEach` of vitest would register it
 * for the file alone that has imported the module first: files that share a process share its modules, too.
 */
export function afterEachTest(hook: () => unknown): void {
  hooks.push(hook);
}

/** For vitest.setup.ts, which runs for each file. The last that was registered is called first, as vitest does. */
export async function runAfterEach(): Promise<void> {
  for (const hook of hooks.toReversed()) await hook();
}
