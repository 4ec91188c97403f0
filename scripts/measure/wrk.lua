-- Sends requests made beforehand, one token after the other.
local requests, count, current = {}, 0, 0

function init(arguments)
    for token in io.lines(arguments[1]) do
        count = count + 1
        requests[count] = wrk.format("GET", nil, { Authorization = "Bearer " .. token })
    end
end

function request()
    current = current % count + 1
    return requests[current]
end

function done(summary, latency, _)
    local errors = summary.errors
    io.write(string.format(
        "RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
