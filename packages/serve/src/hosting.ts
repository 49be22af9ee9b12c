/**
 * For runtimes such as `@mantou/bun`, whose programs call `serve()`: the running servers, and a server's new start when its module runs
 * again. This entry is internal to Mantou's packages, which always have the same version: it may change with any version.
 */

export {
  MOUNT,
  type Mountable,
  type Mounted,
  type MountedRoute,
  type MountHost,
  type PageDevelopment,
} from "./api/mount.ts";
export { escapeHTML } from "./errors/html.ts";
export { logError } from "./errors/log.ts";
export { fileRange, fileSource, isFileBlob, isWholeFile } from "./fetch/file-blob.ts";
export { FileSink, type SinkOptions, type SinkTarget } from "./fetch/file-sink.ts";
export { typeOfName } from "./fetch/media-type.ts";
export { heldBytes } from "./fetch/response.ts";
export { StreamTarget, writeError } from "./fetch/sink-targets.ts";
export { standardInput } from "./fetch/standard-input.ts";
export { TAKEN_WHOLE } from "./fetch/streams.ts";
export { OPTION_NAMES } from "./options/serve-options.ts";
export { TLS_OPTION_NAMES } from "./options/tls-options.ts";
export { declareMountable, setMountAdopter } from "./routing/mounts.ts";
export { beginRun, runningCount, stopRunning } from "./server/running.ts";
