import Core

/// Where an export stands. Raw values are stored.
package enum ExportState: Int64, Sendable, CaseIterable {
    case waiting = 0
    case running = 1
    case ready = 2
    case failed = 3
    case expired = 4

    /// As the API spells it.
    package var name: String {
        switch self {
        case .waiting: "waiting"
        case .running: "running"
        case .ready: "ready"
        case .failed: "failed"
        case .expired: "expired"
        }
    }
}

/// An account's export. Times in milliseconds since 1970.
package struct Export: Hashable, Sendable {
    package let state: ExportState
    package let askedAt: Int64
    package let sectionsDone: Int64
    package let itemsDone: Int64
    /// The archive's bytes, once it is ready.
    package let length: Int64?
    package let finishedAt: Int64?
    package let expiresAt: Int64?

    /// How many sections there are.
    package var sections: Int { ExportSections.all.count }
}

/// Why there is no export.
package enum ExportError: Error, Hashable, Sendable {
    /// There is none, or its archive is not ready or not here.
    case notFound
    /// The last one is too young.
    case tooSoon(seconds: Int)
    /// The archives are out of reach.
    case unavailable
    /// Archives lie where another process made them, out of this one's reach.
    case elsewhere
}

extension Limits {
    /// How long after an export the next one can be asked for.
    package static let exportPause: Duration = .seconds(3_600)
    package static let exportAttemptsMax: Int64 = 5
    /// How long a process that was stopped in between can still write an archive that nobody may load.
    static let doomedBlobAge: Duration = .seconds(600)
}
