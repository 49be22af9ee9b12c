/** Replaces the stack of an error. An assignment would make V8 forget where the error was made: Node.js would show a line of its own when nothing catches the error. */
export function setStack(error: Error, stack: string): void {
  Object.defineProperty(error, "stack", { value: stack, writable: true, configurable: true });
}
