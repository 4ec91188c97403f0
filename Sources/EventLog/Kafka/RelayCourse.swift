import Core

/// How far a relay has come, and how much of that others know.
struct RelayCourse {
    /// Every event up to this offset has been confirmed by the brokers.
    var published: Int64
    /// The offset in the store.
    private(set) var saved: Int64
    private var savedAt = ContinuousClock.now
    private var marked: Int64 = 0
    private var markedAt = ContinuousClock.now

    init(_ start: Int64) {
        published = start
        saved = start
    }

    var isSaveDue: Bool { published > saved && .now - savedAt >= Limits.relaySavePause }
    var isMarkDue: Bool { published > marked && .now - markedAt >= Limits.relayMarkPause }

    mutating func noteSaved() {
        saved = published
        savedAt = .now
    }

    mutating func noteMarked() {
        marked = published
        markedAt = .now
    }
}
