/**
 * Makes the globals ours, as the import of `@mantou/serve` does, without its exports. It is for `node --import @mantou/serve/register`,
 * and for programs of the time when `@mantou/serve` itself left the globals alone.
 */
import "./install.ts";
