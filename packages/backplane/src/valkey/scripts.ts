/**
 * The histories of topics, as scripts: what one of them does happens at once. Of each topic there is a stream of frames, whose ids are their offsets, and a
 * hash that lives longer: the epoch (`e`), the offset of the last frame (`s`) and its first bytes (`h`). Where the stream may have lost one of the last 64 frames
 * when it is sent again, the hash has their identities and offsets, too (`r`): 16 bytes and 16 digits each.
 */
import { createHash } from "node:crypto";

export class Script {
  readonly text: string;
  #digest: string | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** The same script, as another one for the server. */
  variant(number: number): Script {
    return new Script(`${this.text}-- ${number}`);
  }

  /** By which the server knows it, once it has run it. */
  get digest(): string {
    this.#digest ??= createHash("sha1").update(this.text).digest("hex");
    return this.#digest;
  }
}

/** Reads the hash. What is no epoch begins another one: the frames of a lost one mean nothing. */
const EPOCH = `
local m = redis.call('HMGET', KEYS[2], 'e', 's', 'h')
local e, s, h = m[1], tonumber(m[2] or 0) or 0, m[3] or ''
if not e or #e > 32 or not string.find(e, '^[%w_-]+$') then
  e, s, h = ARGV[1], 0, ''
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[2], 'e', e, 's', '0', 'h', '', 'r', '')
end
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
`;

/** KEYS stream, hash. ARGV epoch if a new one begins, milliseconds of the hash, of the frame, frame, count, size, channel, "1" for a retry. */
export const APPEND: Script = new Script(`${EPOCH}
local r
if tonumber(ARGV[6]) < 64 or tonumber(ARGV[3]) < 60000 then r = redis.call('HGET', KEYS[2], 'r') or '' end
if ARGV[8] == '1' then
  local id, last = string.sub(ARGV[4], 3, 18), '+'
  for _ = 1, 8 do
    local page = redis.call('XREVRANGE', KEYS[1], last, '-', 'COUNT', 8)
    for _, x in ipairs(page) do
      if string.sub(x[2][2], 3, 18) == id then return {e, tonumber(string.match(x[1], '^%d+')), 1} end
    end
    if #page < 8 then break end
    last = '(' .. page[8][1]
  end
  if r then
    for at = 1, #r, 32 do
      if string.sub(r, at, at + 15) == id then return {e, tonumber(string.sub(r, at + 16, at + 31)), 1} end
    end
  end
end
local top = string.format('%.0f', s + ARGV[5])
local least = string.format('%.0f', math.max(0, top - ARGV[6] + 1))
local function add()
  return redis.pcall('XADD', KEYS[1], 'MINID', least, top .. '-0', 'f', ARGV[4], 'c', ARGV[5], 't', string.format('%.0f', now))
end
local added = add()
if type(added) == 'table' and added.err and string.find(added.err, 'equal or smaller', 1, true) then
  redis.call('DEL', KEYS[1])
  added = add()
end
if type(added) == 'table' and added.err then return added end
redis.call('HSET', KEYS[2], 's', top, 'h', string.sub(ARGV[4], 1, 31))
if r then
  local id = string.sub(ARGV[4], 3, 18)
  if #id == 16 then
    r = string.sub(r .. id .. string.format('%016.0f', s + ARGV[5]), -2048)
    redis.call('HSET', KEYS[2], 'r', r)
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('PUBLISH', ARGV[7], e .. ' ' .. top .. ' ' .. string.format('%.0f', s) .. '\\n' .. ARGV[4])
return {e, tonumber(top), 0}
`);

/**
 * KEYS stream, hash. ARGV epoch if a new one begins, milliseconds of the hash, of a frame, offset, limit, bytes. The first frame is mostly known already, so
 * it does not count.
 */
export const READ: Script = new Script(`${EPOCH}
redis.call('PEXPIRE', KEYS[2], ARGV[2])
local answer, limit, most = {e, s, h}, tonumber(ARGV[5]), tonumber(ARGV[6])
if limit == 0 then return answer end
while true do
  local x = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  if not x or now - (tonumber(x[2][6]) or 0) < tonumber(ARGV[3]) then break end
  redis.call('XDEL', KEYS[1], x[1])
end
local start, bytes = ARGV[4] .. '-0', 0
while limit > 0 and bytes <= most do
  local wanted = math.min(limit, 8)
  local page = redis.call('XRANGE', KEYS[1], start, '+', 'COUNT', wanted)
  for _, x in ipairs(page) do
    if bytes > most then return answer end
    answer[#answer + 1] = tonumber(string.match(x[1], '^%d+'))
    answer[#answer + 1] = tonumber(x[2][4]) or 1
    answer[#answer + 1] = x[2][2] or ''
    if #answer > 6 then bytes = bytes + #answer[#answer] end
  end
  if #page < wanted then break end
  limit = limit - wanted
  start = '(' .. page[#page][1]
end
return answer
`);

/** KEYS stream, hash. ARGV the epoch that ends, the one that begins. */
export const ROTATE: Script = new Script(`
if redis.call('HGET', KEYS[2], 'e') == ARGV[1] then redis.call('HSET', KEYS[2], 'e', ARGV[2]) end
return 1
`);
