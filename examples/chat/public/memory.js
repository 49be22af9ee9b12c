// Keeps the visitor's name in the browser. A browser that forbids cookies forbids storage, too: it throws at the mere
// mention of `localStorage`, and the chat goes on without a memory.

/** @returns {string} this tab's name, else the last one chosen in this browser, else nothing */
export function rememberedName() {
  try {
    return sessionStorage.getItem("name") ?? localStorage.getItem("name") ?? "";
  } catch {
    return "";
  }
}

/**
 * Remembers a name for this tab, so that a guest keeps it through a reload and a second tab gets one of its own.
 *
 * @param {string} name
 */
export function rememberForTab(name) {
  try {
    sessionStorage.setItem("name", name);
  } catch {}
}

/**
 * Remembers a name that was chosen, for later visits.
 *
 * @param {string} name
 */
export function rememberChoice(name) {
  try {
    localStorage.setItem("name", name);
  } catch {}
}
