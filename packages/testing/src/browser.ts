import { existsSync } from "node:fs";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Arguments for a browser that shows pages of this machine only, also as root and without a display. */
export const BROWSER_ARGS: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
];

/**
 * Chromium, where `CHROMIUM` says or in the usual places; null if there is none, with a warning that names what is skipped.
 * @throws Error if `MANTOU_REQUIRE_BROWSER=1` demands one
 */
export function findBrowser(what: string): string | null {
  const named = process.env["CHROMIUM"] ?? "";
  const found = (named === "" ? PLACES : [named]).find((place) => existsSync(place));
  if (found !== undefined) return found;
  const how = "install Chromium, or say where it is with CHROMIUM=...";
  if (process.env["MANTOU_REQUIRE_BROWSER"] === "1")
    throw new Error(`MANTOU_REQUIRE_BROWSER=1, but there is no browser: ${how}`);
  console.warn(`SKIPPED: ${what}. They need a browser: ${how}`);
  return null;
}
