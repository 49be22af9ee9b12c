/** What may wait for an engine that is down. 10 seconds are a restart or a failover; later a message is no news any more. */
export const QUEUE_BYTES: number = 4 * 1024 * 1024;
export const QUEUE_SECONDS = 10;

/**
 * The most seconds that `queue` may be given. A frame that was executed and not answered is sent again until then, and others must
 * know its number as long: `LEFT_NUMBERS_MS` is longer.
 */
export const MOST_QUEUE_SECONDS = 60;

/**
 * Frames that the engine has and has not answered, in bytes. It bounds the driver's buffer. A burst of one turn must fit in, as it fits
 * in the buffer of a client (`backpressureLimit`, 16 MiB): no answer comes within a turn.
 */
export const UNANSWERED_BYTES: number = 16 * 1024 * 1024;

/** What is published in one turn becomes frames early beyond so many bytes, so that the queue bounds it. */
export const TURN_BYTES: number = 1024 * 1024;

/** Each waiting frame counts so many bytes besides its own: the objects that hold it. A flood of tiny frames is bounded, too. */
export const FRAME_COST = 256;

/** A topic without members stays subscribed so long: a page change, or a storm of reconnects, asks the engine for nothing. */
export const LINGER_MS = 5000;

/** Each instance publishes a heartbeat so often. */
export const HEARTBEAT_MS = 5000;

/** Nothing heard for two heartbeats, not even one's own: the connection is half open. */
export const SILENT_MS = 10_000;

/** A tick that comes so long after the one before: the process was stopped, or busy. It must not judge by what it has not read. */
export const LATE_MS = 2000;

/**
 * An instance that is silent for so long does not live: two of its heartbeats are missing. With the time between two ticks its members are gone within
 * 15 seconds.
 */
export const LIVING_MS = 14_500;

/** While the engine is down no instance is judged by its silence, and for so long after it is back: the others come back, too. */
export const GRACE_MS = 15_000;

/** Numbers of a channel that is not subscribed any more are kept so long: its frames may be sent a second time. */
export const LEFT_NUMBERS_MS = 75_000;

/** Numbers of an instance that is silent are kept so long: a partition of minutes is told with its count. */
export const NUMBERS_KEPT_MS = 300_000;

/**
 * After the engine came up, the queue waits so long for the other instances to be back: after a restart of the engine they
 * would miss it. An instance that died meanwhile delays it so long. It is the longest pause between two attempts to connect: with 2 s,
 * instances that came back 3 s apart missed half a second of messages at each kill of the engine. It is less than the default `queue.seconds`.
 */
export const REUNION_MS = 5000;

/** Other instances whose numbers are known. Beyond, the one that was silent longest is forgotten. */
export const MOST_PEERS = 1024;

/** Numbers of other instances' channels, in all: about 100 bytes each. Beyond, the oldest are forgotten, and a hole there is not told. */
export const MOST_NUMBERS = 262_144;

/** Channels whose numbers this instance continues. Beyond, the channel published to longest ago begins anew. */
export const MOST_OWN_NUMBERS = 65_536;

/**
 * Bytes of the records in a frame of a control channel. Each record becomes an object and perhaps an answer: a frame of 16 MiB
 * would be millions of them. What an instance has to say beyond it is in further frames.
 */
export const CONTROL_BYTES: number = 64 * 1024;

/** Answers to `count` are awaited so long. */
export const COUNT_MS = 1000;

/** Topics that are being counted. Beyond, a count has what this instance knows. */
export const MOST_COUNTS = 1024;
