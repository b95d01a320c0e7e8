-- One decision over one or more token buckets: each gives the granted permits, or none does.
-- The twin of io.sluice.ratelimit.TokenBucket: whole numbers below 2^53 in the same order.
--
-- KEYS[i]   the hash of bucket i: tokens (whole), fraction ("units/scale"), last_refill (microseconds)
-- ARGV[1]   permits wished for; below 0, that many are given back
-- then five per bucket: capacity, gain, scale, cost, enforced (1 or 0)
-- Reply     granted, then three per bucket: permits taken, units left, and by how many
--           microseconds the bucket's own last reading lies after this call
--
-- The clock is this server's own. Everything is read before anything is written, and a denial
-- writes nothing: the level is a function of what is stored and the time.

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local permits = tonumber(ARGV[1])
local granted = permits
local buckets = {}

local function ceil_div(dividend, divisor)
  local quotient = math.floor(dividend / divisor)
  if quotient * divisor == dividend then return quotient end
  return quotient + 1
end

local function whole(text)
  local number = tonumber(text)
  if not number or number < 0 or number > 9007199254740991 then return nil end
  if number ~= math.floor(number) then return nil end
  return number
end

for i = 1, #KEYS do
  local at = 5 * i - 3
  local scale = tonumber(ARGV[at + 2])
  local b = {
    capacity = tonumber(ARGV[at]),
    gain = tonumber(ARGV[at + 1]),
    scale = scale,
    cost = tonumber(ARGV[at + 3]),
    last = now
  }
  b.full = b.capacity * scale
  b.level = b.full
  local kept = redis.call('HMGET', KEYS[i], 'tokens', 'last_refill', 'fraction')
  if kept[1] or kept[2] then
    local tokens = whole(kept[1])
    local last = whole(kept[2])
    if not tokens or not last then
      return redis.error_reply('SLUICE the bucket at this key is not readable')
    end
    b.last = math.max(now, last)
    if tokens < b.capacity then
      local level = tokens * scale
      if kept[3] then
        local units, of = string.match(kept[3], '^(%d+)/(%d+)$')
        if of == ARGV[at + 2] then
          units = tonumber(units)
          if units >= scale then
            return redis.error_reply('SLUICE the bucket at this key is not readable')
          end
          level = level + units
        end
      end
      if b.gain > 0 then
        -- Tested before it is multiplied: no elapsed time is too long.
        local elapsed = b.last - last
        if elapsed >= ceil_div(b.full - level, b.gain) then
          level = b.full
        else
          level = level + elapsed * b.gain
        end
      end
      b.level = level
    end
  end
  if b.cost == 0 then
    b.affordable = math.huge
  elseif b.cost > b.capacity then
    b.affordable = 0
  else
    b.affordable = math.floor(b.level / (b.cost * scale))
  end
  if ARGV[at + 4] == '1' then granted = math.min(granted, b.affordable) end
  buckets[i] = b
end

local reply = { granted }
for i = 1, #KEYS do
  local b = buckets[i]
  local taken = math.min(granted, b.affordable)
  local left = b.level
  if taken ~= 0 and b.cost ~= 0 then
    left = math.min(b.full, left - taken * b.cost * b.scale)
    local tokens = math.floor(left / b.scale)
    redis.call('HSET', KEYS[i],
      'tokens', string.format('%.0f', tokens),
      'last_refill', string.format('%.0f', b.last),
      'fraction', string.format('%.0f/%.0f', left - tokens * b.scale, b.scale))
    if left < b.full and b.gain == 0 then
      redis.call('PERSIST', KEYS[i])
    else
      -- An absent bucket is a full one, so it may go a second after it is full.
      local full_in = 0
      if left < b.full then full_in = b.last - now + ceil_div(b.full - left, b.gain) end
      redis.call('PEXPIRE', KEYS[i], string.format('%.0f', ceil_div(full_in, 1000) + 1000))
    end
  end
  local n = #reply
  reply[n + 1] = taken
  reply[n + 2] = left
  reply[n + 3] = b.last - now
end
return reply
