let atStart: Readonly<NodeJS.ProcessEnv> | null = null;

/** Bun gives processes the environment that its own process had at the start: the program's changes do not reach them unless it passes them. */
export function keepEnvironment(): void {
  atStart = { ...process.env };
}

/** The environment of a process that is given none. */
export function defaultEnvironment(): Readonly<NodeJS.ProcessEnv> {
  return atStart ?? process.env;
}
