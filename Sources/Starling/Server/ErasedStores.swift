import Accounts
import Core
import Exports
import Streaming
import Timelines

/// What becomes of each store besides the tables when an account is erased. Names are stored with receipts; one without a
/// note fails the tests.
enum ErasedStores {
    /// How receipts explain what is not a row of a table.
    static let notes: [String: String] = [
        "timelines/own": "entries of its home timeline; every process forgets its own copy at once",
        "timelines/followers": "timelines that fan-out takes its posts out of; they hold ids, which are passed over",
        "timelines/authored": "forgotten at once by every process",
        "caches/accounts": "forgotten at once by every process",
        "caches/posts": "forgotten at once by every process",
        "caches/relations": "forgotten at once by every process",
        "caches/viewer-marks": "forgotten at once by every process",
        "caches/sessions": "forgotten at once by every process, and its access tokens are refused",
        "counters/accounts": "numbers; they fall with the rows that they count",
        "counters/posts": "numbers; they fall with the rows that they count",
        "counters/limits": "numbers; each is gone when its limit would let the account through again",
        "streams": "ids for clients that come back",
        "search": "the tables post_tags and mentions; there is no other index",
        ExportSchema.archiveFiles: "archives made by exports, in the blob store",
        "events": "ids in the event log, until retention",
    ]

    /// - Parameters:
    ///   - home: timelines in this process's memory, where they are nowhere else.
    ///   - shared: those in Redis.
    static func all(home: HomeTimelines, shared: SharedHome?, settings: ServerSettings) -> [ErasedStore] {
        let forgotten = [
            "timelines/authored", "caches/accounts", "caches/posts", "caches/relations", "caches/viewer-marks",
            "caches/sessions", "counters/accounts", "counters/posts", "counters/limits", "search",
        ].map { ErasedStore($0) }
        return forgotten + [
            ErasedStore("timelines/own") { account, _ in
                if let shared { return try await shared.forget(account) }
                defer { home.drop(account) }
                return Int64(home.timeline(of: account)?.entries.count ?? 0)
            },
            ErasedStore("timelines/followers") { _, receipt in receipt["followers"] ?? 0 },
            ErasedStore("streams", remains: StreamSettings().backlogAge),
            ErasedStore(ExportSchema.archiveFiles, remains: ExportSchema.archiveFilesRemain),
            ErasedStore("events", remains: settings.eventRetention + .seconds(60)),
        ]
    }
}
