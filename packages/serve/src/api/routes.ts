/** The methods that a route may have handlers for (RFC 9110 §9.3, RFC 5789). */
export type HTTPMethod = "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "HEAD" | "OPTIONS";

/** Serves the files of a directory below a prefix. The pattern of the route must end in `/*`, and have no parameters. */
export interface DirectoryRouteOptions {
  /** The path of the directory, which must exist when the server starts. */
  dir: string;
  /** Keeps the response heads of up to 64 files, as long as the files do not change. The oldest goes first. Default true. */
  statCache?: boolean;
}

/**
 * A page: what `import page from "./index.html"` gives under `mantou`, what `htmlPage()` of `@mantou/html` returns, and, with `files`, the
 * manifest that a build has written.
 */
export interface HTMLBundle {
  /** The path of the page's file. */
  index: string;
  /** Only in a manifest: the built page and its assets. */
  files?: {
    /** The path of the source. */
    input?: string;
    /** The path of the file, from the module that has the manifest. */
    path: string;
    /** The kind of file, such as `js`, `css`, `html` or `file`. */
    loader: string;
    isEntry: boolean;
    /** `etag`, `content-type`, and further headers of its response. */
    headers: { etag: string; "content-type": string; [name: string]: string };
  }[];
}
