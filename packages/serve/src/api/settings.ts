import type { CompressOptions } from "./compress.ts";
import type { LimitOptions } from "./limits.ts";
import type { LogOptions } from "./log.ts";
import type { TLSOptions } from "./network.ts";
import type { ProxyOptions } from "./proxy.ts";
import type { Backplane, TopicRule } from "./topics.ts";

/** The options of a server whose types do not depend on the server's own type. */
export interface ServerSettings extends LogOptions, ProxyOptions, LimitOptions {
  /**
   * TLS, or plain TCP without it. An array has an entry for each server name: all but the first need `serverName`, and the first is
   * used for all other names.
   */
  tls?: TLSOptions | readonly TLSOptions[];
  /** Bytes of a request's body, an integer from 0 up. A larger body gets 413 (RFC 9110 §15.5.14). Default 128 MiB. */
  maxRequestBodySize?: number;
  /**
   * Shows errors of handlers to the client, and serves pages as they are written. Default: true unless `NODE_ENV` is `production`. An object
   * means true, and has switches for pages: `hmr` (default true) replaces modules in open pages when their files change, `console` (default
   * false) prints the browser's console in the terminal, and `chromeDevToolsAutomaticWorkspaceFolders` (default true) tells Chrome DevTools the folder.
   */
  development?:
    | boolean
    | { hmr?: boolean; console?: boolean; chromeDevToolsAutomaticWorkspaceFolders?: boolean };
  /** A name for the server: see `Server.id`. Default: an empty string. */
  id?: string | null;
  /**
   * Connects the topics of all instances of the program, on this machine and on others: what `local()`, `valkey()` or `nats()` of
   * `@mantou/backplane` returns, or false for none. It connects in the background, for ever; see `Server.topics`. Default: the URL in
   * the environment's `MANTOU_BACKPLANE`, if there is one. Not in Bun.
   */
  backplane?: Backplane | false;
  /**
   * Rules by topic, or by the beginning of topics, as in `room/*`: the rule of a topic is that of its name, else that of the longest beginning. They hold as long as
   * the server runs: `reload` keeps them. Not in Bun.
   */
  topics?: Record<string, TopicRule>;
  /**
   * Compresses responses for clients that accept it: see `CompressOptions`. True has all defaults, false is the default. It holds as long as the server
   * runs: `reload` keeps it. Not in Bun.
   */
  compress?: boolean | CompressOptions;
}
