"""What the API counts in Redis: a log of requests per user, and who runs and who waits.

Each of the three scripts is one step that nobody can come between. When Redis is gone, `Gone` is raised, for a few
seconds without even asking, and a warning is logged once a minute.
"""

import logging
import time
from collections.abc import Sequence
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger("handel.api")

RUNS, REFUSED = 0, -1  # what `enter` answers; a positive number is the position in the queue
SPARED_AFTER_FAILURE = 5  # seconds in which Redis is not asked again
WARN_EVERY = 60  # seconds

# KEYS[1] the log; ARGV: now and the window's length in ms, the limit.
# Answers how many requests the window holds, the moment of the oldest, and 1 when this one was let in and counted.
COUNT = """
local log, now, length, limit = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local oldest = redis.call('LINDEX', log, 0)
while oldest and tonumber(oldest) <= now - length do
  redis.call('LPOP', log)
  oldest = redis.call('LINDEX', log, 0)
end
local used = redis.call('LLEN', log)
if used >= limit then return {used, tonumber(oldest or now), 0} end
redis.call('RPUSH', log, ARGV[1])
redis.call('PEXPIRE', log, length)
return {used + 1, tonumber(oldest or now), 1}
"""

# KEYS: who runs (until when), who waits (since when), who of these lives (until when), what wakes them.
# ARGV: whose turn it is about, places, length of the queue, and in ms a lease and the life of who waits.
# The clock is that of Redis, because web servers on two machines have two.
_BEGINNING = """
local running, waiting, alive, wake = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local me, places, queue = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local lease, life = tonumber(ARGV[4]), tonumber(ARGV[5])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function run(who, until_)
  redis.call('ZREM', waiting, who)
  redis.call('ZREM', alive, who)
  redis.call('ZADD', running, until_, who)
  redis.call('PEXPIRE', running, lease + life)
end
redis.call('ZREMRANGEBYSCORE', running, '-inf', now)
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', alive, '-inf', now)) do
  redis.call('ZREM', waiting, dead)
  redis.call('ZREM', alive, dead)
end
"""

ENTER = (
    _BEGINNING
    + """
if redis.call('ZSCORE', running, me) then
  run(me, now + lease)
  return 0
end
local known = redis.call('ZRANK', waiting, me)
local ahead = known or redis.call('ZCARD', waiting)
if ahead < places - redis.call('ZCARD', running) then
  run(me, now + lease)
  return 0
end
if not known then
  if ahead >= queue then return -1 end
  redis.call('ZADD', waiting, clock[1] * 1000000 + clock[2], me)
end
redis.call('ZADD', alive, now + life, me)
redis.call('PEXPIRE', alive, 2 * life)
redis.call('PEXPIRE', waiting, 2 * life)
return ahead + 1
"""
)

# Whoever is next holds the place for as long as a waiting request may be silent; it takes it up with `enter`.
LEAVE = (
    _BEGINNING
    + """
redis.call('ZREM', running, me)
redis.call('ZREM', waiting, me)
redis.call('ZREM', alive, me)
local free = places - redis.call('ZCARD', running)
if free > 0 then
  for _, nextone in ipairs(redis.call('ZRANGE', waiting, 0, free - 1)) do
    run(nextone, now + life)
    redis.call('RPUSH', wake .. nextone, '1')
    redis.call('PEXPIRE', wake .. nextone, life)
  end
end
return 0
"""
)


class Gone(Exception):
    """Redis does not answer: nobody counts."""


class _Outage:
    """What this process knows about Redis being gone."""

    def __init__(self) -> None:
        self.spared_until = self.silent_until = 0.0

    def noticed(self, error: redis.RedisError) -> None:
        now = time.monotonic()
        self.spared_until = now + SPARED_AFTER_FAILURE
        if now >= self.silent_until:
            self.silent_until = now + WARN_EVERY
            logger.warning("Redis is gone, the API's limits are not kept: %s", error)

    @property
    def lasts(self) -> bool:
        return time.monotonic() < self.spared_until


outage = _Outage()


def ask(script: str, keys: Sequence[str], values: Sequence[object], *, insist: bool = False):
    """Run one of the scripts and return what it answers.

    insist  ask although Redis was gone a moment ago
    raises  Gone
    """
    if outage.lasts and not insist:
        raise Gone
    try:
        return _script(script)(keys=keys, args=values)
    except redis.RedisError as error:
        outage.noticed(error)
        raise Gone from error


def wait_for(key: str, seconds: float) -> None:
    """Return when somebody has put a word there, at the latest after some seconds (at most two).

    raises  Gone
    """
    try:
        client().blpop([key], timeout=seconds)
    except redis.RedisError as error:
        outage.noticed(error)
        raise Gone from error


def name(user_id: object, part: str) -> str:
    """The name of one of a user's keys; those of one user stay together where Redis is a cluster."""
    return f"{settings.CACHES['default']['KEY_PREFIX']}:api:{{{user_id}}}:{part}"


@cache
def client() -> redis.Redis:
    """One pool per process, with short patience; it outlasts the two seconds that `wait_for` may take."""
    patience = {"socket_connect_timeout": 1, "socket_timeout": 3, "retry": Retry(NoBackoff(), 0)}
    return redis.Redis.from_url(settings.REDIS_URL, **patience)


@cache
def _script(text: str):
    return client().register_script(text)
