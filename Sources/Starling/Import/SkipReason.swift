import Core

/// Why a line is not imported; goes after the number of the line in a sentence.
enum SkipReason: String, Error, CaseIterable {
    case selfEdge = "follows itself"
    case columns = "has too few columns"
    case account = "names no account: a number, or 2 to 30 of a-z, 0-9 and _"
    case kind = "is of no known kind: RT, MT or RE"
    case time = "has no time between 2006 and today"
    case text = "has no text that can be posted: it is empty, too long or holds U+0000"
    case json = "is not a JSON object with a text"
    case csv = "is not a row of CSV"
    case encoding = "is not UTF-8"
    case tooLong = "is longer than 1 MiB"
}

/// The lines of a file that are not imported.
struct SkippedLines: Sendable {
    static let selfEdgesShownMax = 10
    static let badLinesShownMax = 20

    private(set) var counts: [SkipReason: Int] = [:]
    /// The first lines by which an account would follow itself.
    private(set) var selfEdges: [Int64] = []
    /// The first lines that could not be understood.
    private(set) var badLines: [(number: Int64, reason: SkipReason)] = []

    var total: Int { counts.values.reduce(0, +) }

    mutating func note(_ number: Int64, _ reason: SkipReason) {
        counts[reason, default: 0] += 1
        if reason == .selfEdge {
            if selfEdges.count < Self.selfEdgesShownMax { selfEdges.append(number) }
        } else if badLines.count < Self.badLinesShownMax {
            badLines.append((number, reason))
        }
    }
}
