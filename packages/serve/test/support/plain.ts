/** Imported first, it leaves the globals alone in this file's tests, as `@mantou/serve/plain` does. */
process.env["MANTOU_GLOBALS"] = "0";
