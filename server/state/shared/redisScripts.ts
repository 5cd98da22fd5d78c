import type { Procedure } from './store.ts'

/**
 * The steps in Lua: Redis runs each by itself, and writes what it changed before it answers. KEYS[1] is what all names begin with,
 * ARGV[1] the store's name, and ARGV[2] on are the step's arguments. Times are the store's, in milliseconds. What counts ends with a
 * digest of its name and itself (`common`), and what was altered is answered as `store.ts` says of it.
 */

const common = `
local p = KEYS[1]
if redis.call('GET', p .. 'epoch') ~= ARGV[1] then return redis.error_reply('WIPED is another store') end
local hourMs, slackMs, full, altered = 3600000, 1000, 9007199254740991, 4503599627370496
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function whole(number) return string.format('%.0f', number) end
local function summed(name, text) return text .. ' ' .. string.sub(redis.sha1hex(name .. ' ' .. text), 1, 16) end
-- What a value holds that has this name: nil where there is none, false for one that is not as it was written.
local function intact(name, value)
  if not value then return nil end
  local text = string.sub(value, 1, -18)
  return summed(name, text) == value and text
end
local function get(set, name) return intact(set .. ' ' .. name, redis.call('HGET', p .. set, name)) end
local function put(set, name, text) redis.call('HSET', p .. set, name, summed(set .. ' ' .. name, text)) end
-- What is in a hash by name, and in what order it was used.
local function touch(set, name)
  local use = redis.pcall('INCR', p .. 'uses')
  if type(use) == 'table' then
    use = (redis.call('ZREVRANGE', p .. set .. ':order', 0, 0, 'WITHSCORES')[2] or 0) + 1
    redis.call('SET', p .. 'uses', whole(use))
  end
  redis.call('ZADD', p .. set .. ':order', use, name)
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
`

/** A client's hour: when it began, what was spent of it, and how often it was written. */
const hours = `
local hourName = ARGV[2] .. ':' .. ARGV[3]
local at = now()
local function writeHour(hour)
  local name = p .. 'hour:' .. hourName
  redis.call('SET', name, summed(hourName, whole(hour.start) .. ' ' .. whole(hour.spent) .. ' ' .. whole(hour.times)))
  redis.call('PEXPIREAT', name, whole(hour.start + hourMs))
end
-- One that is over is none, also by a clock that was put back. One that was altered is used up from now on; one that is gone or was put
-- back, as the caller knows, is what the caller knows.
local function readHour()
  local text = intact(hourName, redis.call('GET', p .. 'hour:' .. hourName))
  local hour = { start = at, spent = 0, times = 0 }
  local start, spent, times = string.match(text or '', '^(%d+) (%d+) (%d+)$')
  if start then hour = { start = tonumber(start), spent = tonumber(spent), times = tonumber(times) } end
  if math.abs(at - hour.start) >= hourMs then hour.start, hour.spent = at, 0 end
  local known = { start = tonumber(ARGV[4]), spent = tonumber(ARGV[5]), times = tonumber(ARGV[6]) }
  local runs = known.spent > 0 and math.abs(at - known.start) < hourMs - slackMs
  if text == false then
    hour = { start = at, spent = full, times = altered }
  elseif runs and hour.times < known.times then
    hour = known
  else
    return hour, nil
  end
  writeHour(hour)
  return hour, { 'damaged', 'hour' }
end
-- What a step says, with how the hour is now, and what was used under a name.
local function told(said, hour, used)
  for _, number in ipairs({ hour.start, hour.spent, hour.times }) do table.insert(said, number) end
  for _, number in ipairs(used or {}) do table.insert(said, number) end
  return said
end
`

const spending = `${hours}
local points, once, use, records = tonumber(ARGV[7]), ARGV[8], ARGV[9], tonumber(ARGV[10])
local heldName = once .. ' ' .. ARGV[3]
local function readHeld()
  local text = nil
  if once ~= '' then text = get('held', heldName) end
  if text ~= false then return tonumber(text or 0), nil end
  -- It is charged again, rather than not at all.
  forget('held', heldName)
  return 0, { 'damaged', 'held' }
end
-- Answers, records, slots, and how often they were written.
local function writeUse(used)
  put('used', use, table.concat({ whole(used[1]), whole(used[2]), whole(used[3]), whole(used[4]) }, ' '))
end
-- What was altered nobody knows any more; what is gone or was put back, as the caller knows, is what the caller knows.
local function readUse()
  local text = nil
  if use ~= '' then text = get('used', use) end
  if text == false then return nil, { 'damaged', 'used' } end
  local used = {}
  for number in string.gmatch(text or '0 0 0 0', '%d+') do table.insert(used, tonumber(number)) end
  local known = { tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14]) }
  if used[4] >= known[4] then return used, nil end
  writeUse(known)
  return nil, { 'damaged', 'used' }
end
local function count(used, sign)
  if use == '' then return end
  local more = { 1, records, points }
  for i = 1, 3 do used[i] = math.max(0, used[i] + sign * more[i]) end
  used[4] = used[4] + 1
  writeUse(used)
end
-- One after the other: what is mended is said of each.
local hour, damage = readHour()
if damage then return damage end
local holders, used
holders, damage = readHeld()
if damage then return damage end
used, damage = readUse()
if damage then return damage end
`

const steps: Readonly<Record<Procedure, string>> = {
  spend: `${spending}
local most, namesRemembered = tonumber(ARGV[15]), tonumber(ARGV[16])
if holders == 0 then
  if hour.spent + points > most then return told({ 0, hour.start + hourMs - at }, hour, used) end
  hour.spent = hour.spent + points
  hour.times = hour.times + 1
  writeHour(hour)
  count(used, 1)
end
if once ~= '' then
  put('held', heldName, whole(holders + 1))
  touch('held', heldName)
  trim('held', namesRemembered)
end
return told({ 1, at }, hour, used)`,

  give_back: `${spending}
if holders > 1 then
  put('held', heldName, whole(holders - 1))
  return told({}, hour, used)
end
if once ~= '' then forget('held', heldName) end
-- The hour that was charged may be over, and another begun.
if tonumber(ARGV[15]) >= hour.start and hour.times > 0 then
  hour.spent = math.max(0, hour.spent - points)
  hour.times = hour.times + 1
  writeHour(hour)
end
count(used, -1)
return told({}, hour, used)`,

  spent: `${hours}
local hour, damage = readHour()
if damage then return damage end
return told({ hour.spent > 0 and hour.start + hourMs - at or 0 }, hour)`,

  used: `
local all = {}
for _, use in ipairs(redis.call('HKEYS', p .. 'used')) do
  local text = get('used', use)
  if not text then return { 'damaged', 'used' } end
  table.insert(all, use)
  for number in string.gmatch(text, '%d+') do table.insert(all, tonumber(number)) end
end
return all`,

  take: `
local slots, most, known = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local text = get('answered', ARGV[2])
if text == false then return { 'damaged', 'answered' } end
local answered = tonumber(text or 0)
if answered < known then
  put('answered', ARGV[2], whole(known))
  return { 'damaged', 'answered' }
end
if answered + slots > most then return { 0, answered } end
put('answered', ARGV[2], whole(answered + slots))
return { 1, answered + slots }`,

  lift: `
if tonumber(get('answered', ARGV[2]) or 0) < tonumber(ARGV[3]) then put('answered', ARGV[2], whole(tonumber(ARGV[3]))) end
return {}`,

  digest: `
local there = get('digests', ARGV[2])
if there == nil then return {} end
if not there then
  forget('digests', ARGV[2])
  return { 'damaged', 'digest' }
end
touch('digests', ARGV[2])
return { there }`,

  note: `
local there = get('digests', ARGV[2])
if there == false then
  forget('digests', ARGV[2])
  return { 'damaged', 'digest' }
end
if not there then put('digests', ARGV[2], ARGV[3]) end
touch('digests', ARGV[2])
trim('digests', tonumber(ARGV[4]))
return { there or ARGV[3], there and 0 or 1 }`,

  key: `
local there = redis.call('HGET', p .. 'keys', ARGV[2])
if not there then return {} end
touch('keys', ARGV[2])
return { there }`,

  keep_key: `
local function drop(name)
  forget('keys', name)
  redis.call('HDEL', p .. 'keys:bytes', name)
end
drop(ARGV[2])
redis.call('HSET', p .. 'keys', ARGV[2], ARGV[3])
redis.call('HSET', p .. 'keys:bytes', ARGV[2], ARGV[4])
touch('keys', ARGV[2])
local mostKeys, mostBytes, sum = tonumber(ARGV[5]), tonumber(ARGV[6]), 0
for _, bytes in ipairs(redis.call('HVALS', p .. 'keys:bytes')) do sum = sum + (tonumber(bytes) or mostBytes) end
while redis.call('ZCARD', p .. 'keys:order') > mostKeys or sum > mostBytes do
  local oldest = redis.call('ZRANGE', p .. 'keys:order', 0, 0)[1]
  if not oldest then break end
  sum = sum - (tonumber(redis.call('HGET', p .. 'keys:bytes', oldest) or 0) or mostBytes)
  drop(oldest)
end
return {}`,
}

export function scriptOf(name: Procedure): string {
  return `${common}${steps[name]}`
}
