/**
 * What importing `@mantou/serve` does to the globals, without its exports. Programs that were written when the entry itself left
 * the globals alone import it, or are started by `node --import @mantou/serve/register`.
 */
import "./install.ts";
