import type { Procedure } from './store.ts'

/**
 * The steps in Lua: Redis runs each by itself, and writes what it changed before it answers. KEYS[1] is what all names begin with,
 * ARGV[1] the store's name, and ARGV[2] on are the step's arguments. Times are the store's, in milliseconds.
 */

const common = `
local p = KEYS[1]
if redis.call('GET', p .. 'epoch') ~= ARGV[1] then return redis.error_reply('WIPED is another store') end
local hourMs = 3600000
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
-- What is in a hash by name, and in what order it was used.
local function touch(set, name)
  redis.call('ZADD', p .. set .. ':order', redis.call('INCR', p .. 'uses'), name)
end
local function forget(set, name)
  redis.call('ZREM', p .. set .. ':order', name)
  redis.call('HDEL', p .. set, name)
end
local function trim(set, most)
  while redis.call('ZCARD', p .. set .. ':order') > most do
    forget(set, redis.call('ZRANGE', p .. set .. ':order', 0, 0)[1])
  end
end
-- A client's hour: when it began and what was spent of it. One that is over is none, also by a clock that was put back.
local function running(hour, at)
  local start, spent = unpack(redis.call('HMGET', hour, 'start', 'spent'))
  if not start or math.abs(at - start) >= hourMs then return nil, 0 end
  return tonumber(start), tonumber(spent)
end
local function set(hour, start, spent)
  redis.call('HSET', hour, 'start', start, 'spent', spent)
  redis.call('PEXPIREAT', hour, start + hourMs)
end
local function count(use, sign, records, slots)
  if use == '' then return end
  for what, points in pairs({ answers = 1, records = records, slots = slots }) do
    local field = p .. 'used:' .. what
    if redis.call('HINCRBY', field, use, sign * points) < 0 then redis.call('HSET', field, use, 0) end
  end
end
`

const spending = `
local hour = p .. 'hour:' .. ARGV[2] .. ':' .. ARGV[3]
local points, once, use, records = tonumber(ARGV[4]), ARGV[5], ARGV[6], tonumber(ARGV[7])
local held = once .. ' ' .. ARGV[3]
local holders = 0
if once ~= '' then holders = tonumber(redis.call('HGET', p .. 'held', held) or 0) end
`

const steps: Readonly<Record<Procedure, string>> = {
  spend: `${spending}
local most, namesRemembered = tonumber(ARGV[8]), tonumber(ARGV[9])
local at = now()
if holders == 0 then
  local start, spent = running(hour, at)
  if spent + points > most then return { 0, (start or at) + hourMs - at } end
  set(hour, start or at, spent + points)
  count(use, 1, records, points)
end
if once ~= '' then
  redis.call('HSET', p .. 'held', held, holders + 1)
  touch('held', held)
  trim('held', namesRemembered)
end
return { 1, at }`,

  give_back: `${spending}
if holders > 1 then
  redis.call('HSET', p .. 'held', held, holders - 1)
  return {}
end
if once ~= '' then forget('held', held) end
local start, spent = running(hour, now())
-- The hour that was charged may be over, and another begun.
if start and tonumber(ARGV[8]) >= start then set(hour, start, math.max(0, spent - points)) end
count(use, -1, records, points)
return {}`,

  spent: `
local at = now()
local start, spent = running(p .. 'hour:' .. ARGV[2] .. ':' .. ARGV[3], at)
return { spent, start and start + hourMs - at or 0 }`,

  used: `
local all = {}
for _, use in ipairs(redis.call('HKEYS', p .. 'used:answers')) do
  table.insert(all, use)
  for _, what in ipairs({ 'answers', 'records', 'slots' }) do
    table.insert(all, tonumber(redis.call('HGET', p .. 'used:' .. what, use) or 0))
  end
end
return all`,

  take: `
local slots, most = tonumber(ARGV[3]), tonumber(ARGV[4])
if tonumber(redis.call('HGET', p .. 'answered', ARGV[2]) or 0) + slots > most then return { 0 } end
redis.call('HINCRBY', p .. 'answered', ARGV[2], slots)
return { 1 }`,

  lift: `
if tonumber(redis.call('HGET', p .. 'answered', ARGV[2]) or 0) < tonumber(ARGV[3]) then
  redis.call('HSET', p .. 'answered', ARGV[2], ARGV[3])
end
return {}`,

  digest: `
local there = redis.call('HGET', p .. 'digests', ARGV[2])
if not there then return {} end
touch('digests', ARGV[2])
return { there }`,

  note: `
local noted = redis.call('HSETNX', p .. 'digests', ARGV[2], ARGV[3])
touch('digests', ARGV[2])
local there = redis.call('HGET', p .. 'digests', ARGV[2])
trim('digests', tonumber(ARGV[4]))
return { there, noted }`,

  key: `
local there = redis.call('HGET', p .. 'keys', ARGV[2])
if not there then return {} end
touch('keys', ARGV[2])
return { there }`,

  keep_key: `
local function drop(name)
  forget('keys', name)
  redis.call('DECRBY', p .. 'keys:sum', redis.call('HGET', p .. 'keys:bytes', name) or 0)
  redis.call('HDEL', p .. 'keys:bytes', name)
end
drop(ARGV[2])
redis.call('HSET', p .. 'keys', ARGV[2], ARGV[3])
redis.call('HSET', p .. 'keys:bytes', ARGV[2], ARGV[4])
touch('keys', ARGV[2])
redis.call('INCRBY', p .. 'keys:sum', ARGV[4])
local mostKeys, mostBytes = tonumber(ARGV[5]), tonumber(ARGV[6])
while redis.call('ZCARD', p .. 'keys:order') > mostKeys or tonumber(redis.call('GET', p .. 'keys:sum')) > mostBytes do
  drop(redis.call('ZRANGE', p .. 'keys:order', 0, 0)[1])
end
return {}`,
}

export function scriptOf(name: Procedure): string {
  return `${common}${steps[name]}`
}
