import Redis

/// What is done to a timeline in Redis in one step.
///
/// A timeline is a sorted set: activities by milliseconds, each a member of eight bytes, big-endian, so that those of one
/// millisecond sort by id (a score is a double, which cannot hold an id); and before them, with the score -1, one marker,
/// which lives and dies with them:
/// - `F`, eight digits of the server's history, eight of the generation, and the floor in eight bytes: complete from there on;
/// - `B` and a token: being built; what is delivered meanwhile is kept.
///
/// A server's history is its replication id, which is new with every start and whenever a replica becomes the master. A
/// timeline that was built in another, before a failover or a restart, may lack what was delivered last, so readers take it
/// for absent. The id of the server alone would not do: one that gets its place back has what its successor had.
enum TimelineScripts {
    private static let findHistory = """
        local history = string.sub(string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)'), 1, 8)

        """

    /// KEYS the timeline, ARGV seconds to live. Answers the history and everything in the set.
    static let read = RedisScript(
        findHistory + """
            redis.call('EXPIRE', KEYS[1], ARGV[1])
            return {history, redis.call('ZRANGE', KEYS[1], 0, -1)}
            """)

    /// KEYS the timeline, ARGV a new build's marker, the marker that was found void, seconds to live. Registers a build,
    /// or joins one under way. Answers the history and the marker there now.
    static let begin = RedisScript(
        findHistory + """
            local marker = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
            if marker and (marker == ARGV[2] or #marker == 8) then
                redis.call('DEL', KEYS[1])
                marker = nil
            end
            if not marker then
                marker = ARGV[1]
                redis.call('ZADD', KEYS[1], -1, marker)
                redis.call('EXPIRE', KEYS[1], ARGV[3])
            end
            return {history, marker}
            """)

    /// Cuts the oldest off a timeline that has grown past its bound, and raises the floor with it; never lowers it, for what
    /// was delivered late may lie below. A build that is overtaken is given up.
    private static let trim = """
        local function isAbove(one, other)
            for i = 1, 8 do
                local left, right = string.byte(one, i), string.byte(other, i)
                if left ~= right then return left > right end
            end
            return false
        end
        local function trim(key, max, limit)
            local count = redis.call('ZCARD', key) - 1
            if count <= limit then return end
            local marker = redis.call('ZRANGE', key, 0, 0)[1]
            if string.byte(marker) ~= 70 then
                redis.call('DEL', key)
                return
            end
            redis.call('ZREMRANGEBYRANK', key, 0, count - max)
            local lowest = redis.call('ZRANGE', key, 0, 0)[1]
            if not isAbove(lowest, string.sub(marker, 18)) then lowest = string.sub(marker, 18) end
            redis.call('ZADD', key, -1, string.sub(marker, 1, 17) .. lowest)
        end

        """

    /// KEYS the timeline, ARGV the build's marker, the marker of the finished timeline, seconds to live, the bound, then
    /// score and member by turns. Answers 0 where the build is not there any more.
    static let finish = RedisScript(
        trim + """
            if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
            redis.call('ZADD', KEYS[1], -1, ARGV[2])
            for i = 5, #ARGV, 2 do redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1]) end
            redis.call('EXPIRE', KEYS[1], ARGV[3])
            local max = tonumber(ARGV[4])
            trim(KEYS[1], max, max)
            return 1
            """)

    /// KEYS timelines, ARGV the bound and where it is enforced, then score and member for each key. Adds only to what is
    /// there. Answers how many timelines took theirs.
    ///
    /// A call from Lua costs as much as the command: so one asks for all keys whether they are there, and one delivery in
    /// ten, by its millisecond, looks how long the timeline has become.
    static let deliver = RedisScript(
        trim + """
            local max = tonumber(ARGV[1])
            local limit = tonumber(ARGV[2])
            local call = redis.call
            local all = call('EXISTS', unpack(KEYS)) == #KEYS
            local taken = 0
            for i, key in ipairs(KEYS) do
                if all or call('EXISTS', key) == 1 then
                    local score = ARGV[2 * i + 1]
                    if call('ZADD', key, score, ARGV[2 * i + 2]) == 1 then
                        taken = taken + 1
                        if string.byte(score, -1) == 48 then trim(key, max, limit) end
                    end
                end
            end
            return taken
            """)

    /// KEYS the timeline. Answers how many activities it held.
    static let forget = RedisScript(
        """
        local count = redis.call('ZCOUNT', KEYS[1], 0, '+inf')
        redis.call('DEL', KEYS[1])
        return count
        """)

    /// KEYS the timeline, ARGV score and member of the place from which what follows is complete (empty for all of it),
    /// the bound and where it is enforced, then score and member by turns.
    static let backfill = RedisScript(
        trim + """
            local marker = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
            if not marker then return 0 end
            if ARGV[2] ~= '' then
                if string.byte(marker) ~= 70 then
                    redis.call('DEL', KEYS[1])
                    return 0
                end
                if isAbove(ARGV[2], string.sub(marker, 18)) then
                    redis.call('ZREM', KEYS[1], marker)
                    redis.call('ZADD', KEYS[1], -1, string.sub(marker, 1, 17) .. ARGV[2])
                    redis.call('ZREMRANGEBYSCORE', KEYS[1], 0, '(' .. ARGV[1])
                end
            end
            for i = 5, #ARGV, 2 do redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1]) end
            trim(KEYS[1], tonumber(ARGV[3]), tonumber(ARGV[4]))
            return 1
            """)
}
