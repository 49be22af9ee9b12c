/** The commands that are methods of `RedisClient`: a method's name is the command's, in lower case. */
import type { RedisValue } from "./arguments.ts";

/** Their replies are the numbers 0 and 1, which Bun gives as booleans. */
export const BOOLEAN: ReadonlySet<string> = new Set(["exists", "hexists", "hsetnx", "sismember", "smove"]);

const KEYS =
  "append bitcount bitfield bitop bitpos client command config copy dbsize debug decr decrby del dump echo eval evalsha exists expire expireat expiretime fcall flushall flushdb function geoadd geodist geohash geopos geosearch geosearchstore get getbit getdel getex getrange getset incr incrby incrbyfloat info keys lastsave lcs mget mset msetnx object persist pexpire pexpireat pexpiretime pfadd pfcount pfmerge ping psetex pttl publish pubsub randomkey rename renamenx scan script select set setbit setex setnx setrange sort spublish strlen substr time touch ttl type unlink wait";
const HASHES =
  "hdel hexists hexpire hexpireat hexpiretime hget hgetall hgetdel hgetex hincrby hincrbyfloat hkeys hlen hmget hmset hpersist hpexpire hpexpireat hpexpiretime hpttl hrandfield hscan hset hsetex hsetnx hstrlen httl hvals";
const LISTS =
  "blmove blmpop blpop brpop brpoplpush lindex linsert llen lmove lmpop lpop lpos lpush lpushx lrange lrem lset ltrim rpop rpoplpush rpush rpushx";
const SETS =
  "sadd scard sdiff sdiffstore sinter sintercard sinterstore sismember smembers smismember smove spop srandmember srem sscan sunion sunionstore";
const SORTED =
  "bzmpop bzpopmax bzpopmin zadd zcard zcount zdiff zdiffstore zincrby zinter zintercard zinterstore zlexcount zmpop zmscore zpopmax zpopmin zrandmember zrange zrangebylex zrangebyscore zrangestore zrank zrem zremrangebylex zremrangebyrank zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscore zunion zunionstore";
const STREAMS =
  "xack xadd xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread xreadgroup xrevrange xsetid xtrim";

/** Tail-recursive, since the compiler counts the depth of others. */
type Words<T extends string, Found = never> = T extends `${infer Word} ${infer Rest}`
  ? Words<Rest, Found | Word>
  : Found | T;

export type CommandName = Words<
  typeof KEYS | typeof HASHES | typeof LISTS | typeof SETS | typeof SORTED | typeof STREAMS
>;

export const COMMANDS: readonly CommandName[] = [KEYS, HASHES, LISTS, SETS, SORTED, STREAMS].flatMap(
  (names) => names.split(" ") as CommandName[],
);

/** The types of replies that programs use most. */
interface Replies {
  readonly get: string | null;
  readonly getdel: string | null;
  readonly getset: string | null;
  readonly getex: string | null;
  readonly set: string | null;
  readonly mget: (string | null)[];
  readonly del: number;
  readonly exists: boolean;
  readonly expire: number;
  readonly ttl: number;
  readonly pttl: number;
  readonly incr: number;
  readonly incrby: number;
  readonly decr: number;
  readonly decrby: number;
  readonly append: number;
  readonly strlen: number;
  readonly keys: string[];
  readonly ping: string;
  readonly publish: number;
  readonly hget: string | null;
  readonly hset: number;
  readonly hmset: string;
  readonly hmget: (string | null)[];
  readonly hgetall: Record<string, string>;
  readonly hexists: boolean;
  readonly hsetnx: boolean;
  readonly hdel: number;
  readonly hkeys: string[];
  readonly hvals: string[];
  readonly hlen: number;
  readonly hincrby: number;
  readonly hincrbyfloat: string;
  readonly sadd: number;
  readonly srem: number;
  readonly sismember: boolean;
  readonly smove: boolean;
  readonly smembers: string[];
  readonly scard: number;
  readonly lpush: number;
  readonly rpush: number;
  readonly llen: number;
  readonly lrange: string[];
  readonly zscore: number | null;
  readonly zcard: number;
}

/** Arrays and objects are for the commands of hashes: `hset`, `hmset` and `hmget`. */
type CommandArgument = RedisValue | readonly RedisValue[] | Readonly<Record<string, RedisValue>>;

/** Each sends the command of its name with its arguments in their order. It throws TypeError for an argument of another type. */
export type CommandMethods = {
  // biome-ignore lint/suspicious/noExplicitAny: the other replies have as many shapes as the commands have options
  [N in CommandName]: (...args: CommandArgument[]) => Promise<N extends keyof Replies ? Replies[N] : any>;
};
