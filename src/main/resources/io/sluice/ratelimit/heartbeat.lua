-- A gateway says that it lives, and hears how many do.
--
-- KEYS[1]   sorted set: gateways by when they were last heard of, in milliseconds
-- KEYS[2]   how often somebody reset a bucket
-- ARGV      the gateway, and for how many milliseconds it counts as alive
-- Reply     gateways alive, 1 when this one was not known, resets so far

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - tonumber(ARGV[2])))
local unknown = redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { redis.call('ZCARD', KEYS[1]), unknown, tonumber(redis.call('GET', KEYS[2]) or '0') }
