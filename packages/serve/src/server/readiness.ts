let isEnding = false;

/** Whether the process ends soon: no server of it is ready then, also none that starts later. */
export function setEnding(ending: boolean): void {
  isEnding = ending;
}

export function isProcessEnding(): boolean {
  return isEnding;
}
