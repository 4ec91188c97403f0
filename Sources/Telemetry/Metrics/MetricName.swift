/// The names of the metrics that several targets share, each with its help text.
///
/// Counters get `_total` appended in the exposition; timers are in seconds.
package enum MetricName {
    package static let publishToVisibleSeconds = "starling_publish_to_visible_seconds"
    /// Label `cache`: `warm` or `cold`.
    package static let feedSeconds = "starling_feed_seconds"
    /// Labels `route` and `status` (its class, such as `2xx`).
    package static let httpRequestSeconds = "starling_http_request_seconds"
    /// Labels `route` and `status`.
    package static let httpRequests = "starling_http_requests"
    /// Those of `httpRequests` that the front desk answered.
    package static let httpFastPathRequests = "starling_http_fast_path_requests"
    package static let bodyBytesHeld = "starling_http_body_bytes_held"
    package static let bodiesRefused = "starling_http_bodies_refused"
    /// Label `rule`.
    package static let rateLimited = "starling_rate_limited"
    package static let rateLimitReports = "starling_rate_limit_reports"
    package static let rateLimitReportsLost = "starling_rate_limit_reports_lost"
    /// Label `group`.
    package static let fanoutBacklog = "starling_fanout_backlog"
    package static let fanoutDeliveries = "starling_fanout_deliveries"
    package static let fanoutRetries = "starling_fanout_retries"
    package static let fanoutFailures = "starling_fanout_failures"
    package static let groupCommitBatchSize = "starling_group_commit_batch_size"
    package static let commitQueueDepth = "starling_commit_queue_depth"
    package static let checkpointSeconds = "starling_store_checkpoint_seconds"
    package static let commitSeconds = "starling_commit_seconds"
    package static let timelineRebuilds = "starling_timeline_rebuilds"
    package static let timelineEvictions = "starling_timeline_evictions"
    package static let timelinesWarm = "starling_timelines_warm"
    /// Label `cache`: the cache's name.
    package static let cacheHits = "starling_cache_hits"
    /// Label `cache`: the cache's name.
    package static let cacheMisses = "starling_cache_misses"
    package static let deadLetters = "starling_dead_letters"
    package static let outboxRetained = "starling_outbox_retained"
    /// Label `group`.
    package static let oldestUnhandledSeconds = "starling_oldest_unhandled_seconds"
    package static let countersDrift = "starling_counters_drift"
    package static let countersRepaired = "starling_counters_repaired"
    package static let timelineUpdateGaps = "starling_timeline_update_gaps"
    /// Label `work`: what the lease is for.
    package static let workLeaseHeld = "starling_work_lease_held"
    /// Label `pool`: `readers`, `writers` or `replicas`.
    package static let storePoolWaiting = "starling_store_pool_waiting"
    package static let storeStandbyAwaited = "starling_store_standby_awaited"
    package static let coherenceLagSeconds = "starling_coherence_lag_seconds"
    package static let coherenceLeaseLapses = "starling_coherence_lease_lapses"
    package static let coherenceWaitSeconds = "starling_coherence_wait_seconds"
    package static let metricsDroppedSeries = "starling_metrics_dropped_series"

    /// Help texts by name, without the suffixes of the exposition.
    package static let help: [String: String] = [
        publishToVisibleSeconds: "Time from a post's acknowledgement to its being in its followers' feeds.",
        feedSeconds: "Time to answer a feed page, by whether the timeline was in memory (warm) or rebuilt (cold).",
        httpRequestSeconds: "Time to answer an HTTP request, by route and status class.",
        httpRequests: "HTTP requests answered, by route and status class.",
        httpFastPathRequests: "HTTP requests answered on the fast path; they are among starling_http_requests_total.",
        bodyBytesHeld: "Bytes of request bodies in memory beyond what every request may bring.",
        bodiesRefused: "Requests refused because there was no room for their bodies.",
        rateLimited: "Requests refused by a rate limit, by rule.",
        rateLimitReports: "Subjects whose charges were settled with the other processes.",
        rateLimitReportsLost: "Subjects whose charges were not settled, because Redis did not answer.",
        fanoutBacklog: "Events a consumer group has still to apply.",
        fanoutDeliveries: "Timeline entries delivered by fan-out.",
        fanoutRetries: "Fan-out batches tried again after an error.",
        fanoutFailures: "Events that fan-out gave up on.",
        groupCommitBatchSize: "Writes that shared one commit.",
        commitQueueDepth: "Writes waiting for a commit.",
        checkpointSeconds: "Time to copy pages from the log of SQLite into its file, beside the writer.",
        commitSeconds: "Time one commit took, including its sync to disk.",
        timelineRebuilds: "Timelines rebuilt from the store.",
        timelineEvictions: "Timelines evicted to stay within the memory bound.",
        timelinesWarm: "Timelines in memory.",
        cacheHits: "Lookups answered by a cache, by cache.",
        cacheMisses: "Lookups a cache could not answer, by cache.",
        deadLetters: "Events set aside after their retries ran out.",
        outboxRetained: "Rows in the outbox, as first and last tell.",
        oldestUnhandledSeconds: "Age of the oldest event that a consumer group, or the relay, has still to handle.",
        countersDrift:
            "Counters that the last check found different from their rows and did not repair, or a round in the background did.",
        countersRepaired: "Counters that differed from the rows they count, and were set right in the background.",
        timelineUpdateGaps: "Times that timelines in memory were dropped because an update from Redis was missed.",
        workLeaseHeld: "1 in the process that does this work now, by work.",
        storePoolWaiting: "Calls that wait for a connection to the store, by pool.",
        storeStandbyAwaited:
            "1 where commits wait for a synchronous standby, as this process found when it last connected to the store.",
        coherenceLagSeconds: "Time it took to read and apply what other processes changed.",
        coherenceLeaseLapses: "Times this process could not trust its memory, because it could not follow the others.",
        coherenceWaitSeconds: "Time writes that hide something waited for other processes.",
        metricsDroppedSeries: "Requests for a metric refused because of the bound on series or a clash of kinds.",
    ]
}
