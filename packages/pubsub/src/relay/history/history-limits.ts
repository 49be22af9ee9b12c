/** Messages that an instance keeps of one topic, in bytes. */
export const RING_BYTES: number = 256 * 1024;

/** The same of all topics. Beyond, the topics that got a message longest ago lose theirs. */
export const ALL_RINGS_BYTES: number = 64 * 1024 * 1024;

/** Reads of the engine at once. After a reconnect each topic wants one. */
export const MOST_READS = 64;

/**
 * What clients ask of one topic is read by and by, where an engine gives long frames so, up to so many bytes: those behind a position, of which they ask for
 * the rest again, or the last ones.
 */
export const READ_BYTES: number = 8 * 1024 * 1024;

/** Frames of one read. What is missing beyond is read next. */
export const PAGE_FRAMES = 128;

/** Frames before its position that an instance reads again, to see that the engine still has the same ones. */
export const OVERLAP_FRAMES = 8;

/** A read that was refused is tried again after the first of these times, later after twice the time before, and after the last one at most. */
export const LEAST_PAUSE_MS = 250;
export const MOST_PAUSE_MS = 8000;

/** Messages of a topic that come while it is being read are held, up to so many bytes. Beyond, they are read, too. */
export const HELD_BYTES: number = 256 * 1024;

/** Publishers of a topic whose numbers are known. Beyond, the one that published longest ago is forgotten. */
export const MOST_PUBLISHERS = 64;

/** An epoch is kept so many times longer than the messages. */
export const EPOCH_FACTOR = 24;

/** The engine in memory keeps the epoch of a topic without messages so long: all instances may be away for a moment. */
export const EMPTY_EPOCH_MS = 600_000;

/** What the engine in memory keeps of all topics. */
export const MEMORY_HISTORY_BYTES: number = 64 * 1024 * 1024;
