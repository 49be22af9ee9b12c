/**
 * For runtimes such as `@mantou/bun`, whose programs call `serve()`: the running servers, and a server's new start when its module runs
 * again. This entry is internal to Mantou's packages, which always have the same version: it may change with any version.
 */

export type { Encoding } from "./api/compress.ts";
export {
  MOUNT,
  type Mountable,
  type Mounted,
  type MountedRoute,
  type MountHost,
  type PageDevelopment,
} from "./api/mount.ts";
export { defaultCompression, type FormCompressor } from "./compress/default-compression.ts";
export { escapeHTML } from "./errors/html.ts";
export { logError } from "./errors/log.ts";
export { fileRange, fileSource, isFileBlob, isWholeFile } from "./fetch/file-blob.ts";
export { FileSink, type SinkOptions, type SinkTarget } from "./fetch/file-sink.ts";
export { typeOfName } from "./fetch/media-type.ts";
export { heldBytes } from "./fetch/response.ts";
export { isSameFile } from "./fetch/settled-stats.ts";
export { StreamTarget, writeError } from "./fetch/sink-targets.ts";
export { standardInput } from "./fetch/standard-input.ts";
export { announceWhole, TAKEN_WHOLE } from "./fetch/streams.ts";
export {
  type ConditionFields,
  evaluateConditions,
  type Outcome,
  rangeAllowed,
  type Validators,
} from "./http/conditional.ts";
export { type ByteRange, parseRange } from "./http/range.ts";
export { OPTION_NAMES } from "./options/serve-options.ts";
export { TLS_OPTION_NAMES } from "./options/tls-options.ts";
export { nameBackplaneSource } from "./options/topics-options.ts";
export { declareMountable, setMountAdopter } from "./routing/mounts.ts";
export { beginRun, type EndOptions, runningCount, stopRunning } from "./server/running.ts";
export { socketsVariable, tellEvaluated, workerNumber } from "./socket/inherited.ts";
export { type GivenSocket, takeListenFds } from "./socket/listen-fds.ts";
