import Accounts
import Core
import Text

/// A poll as its post has it; its votes are counted as of the last flush of the counters.
package struct Poll: Hashable, Sendable {
    package let options: [String]
    /// Whether one may choose several options.
    package let isMultiple: Bool
    /// Whether only those who voted are shown the counts, until it is closed.
    package let hidesTotals: Bool
    /// Milliseconds since 1970. Votes are taken until then.
    package let closesAt: Int64
    /// Whether its end has been told: then the counts are for everyone.
    package var isClosed = false
    /// By option, in their order.
    package var votes: [Int64]
    package var voters: Int64 = 0

    package init(_ draft: PollDraft, createdAt: Int64) {
        self.init(
            options: draft.options, isMultiple: draft.isMultiple, hidesTotals: draft.hidesTotals,
            closesAt: createdAt + draft.seconds * 1_000)
    }

    init(options: [String], isMultiple: Bool, hidesTotals: Bool, closesAt: Int64) {
        self.options = options
        self.isMultiple = isMultiple
        self.hidesTotals = hidesTotals
        self.closesAt = closesAt
        votes = Array(repeating: 0, count: options.count)
    }

    /// - Throws: `PostsError.invalid` for options that are not there, for none, and for several where one may choose one.
    func check(_ choices: PollChoices) throws {
        guard let highest = choices.indices.last, highest < options.count else {
            throw PostsError.invalid("choices", "choices must name options of the poll, counted from 0.")
        }
        guard isMultiple || choices.indices.count == 1 else {
            throw PostsError.invalid("choices", "This poll takes one choice.")
        }
    }
}

/// A poll that a client sends with a post.
package struct PollDraft: Hashable, Sendable {
    package let options: [String]
    package let isMultiple: Bool
    package let hidesTotals: Bool
    /// How long it takes votes.
    package let seconds: Int64

    /// - Parameter isRestored: whether it was accepted before, when options could still deceive.
    /// - Throws: `PostsError.invalid` for too few, too many, empty, deceiving, equal or too long options, and for a time out
    ///   of bounds.
    package init(
        options: [String], isMultiple: Bool, hidesTotals: Bool, seconds: Int64, isRestored: Bool = false
    ) throws {
        guard Limits.pollOptions.contains(options.count) else {
            throw PostsError.invalid(
                "poll",
                "A poll has \(Limits.pollOptions.lowerBound) to \(Limits.pollOptions.upperBound) options.")
        }
        for option in options { try Self.check(option) }
        guard isRestored || !options.contains(where: DeceivingCharacters.areIn) else {
            throw PostsError.invalid(
                "poll",
                "An option of the poll holds characters that cannot be seen or that change the direction of text.")
        }
        guard Set(options.map(Self.key)).count == options.count else {
            throw PostsError.invalid("poll", "Two options of the poll are the same, or differ in case or space only.")
        }
        guard Limits.pollSeconds.contains(seconds) else {
            throw PostsError.invalid(
                "poll",
                "expires_in must be \(Limits.pollSeconds.lowerBound) to \(Limits.pollSeconds.upperBound) seconds.")
        }
        self.options = options
        self.isMultiple = isMultiple
        self.hidesTotals = hidesTotals
        self.seconds = seconds
    }

    /// What options that a voter would take for each other have in common.
    private static func key(_ option: String) -> String {
        CaseFolding.standard.fold(option).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// A poll that was checked when it was stored.
    init(stored options: [String], isMultiple: Bool, hidesTotals: Bool, seconds: Int64) {
        self.options = options
        self.isMultiple = isMultiple
        self.hidesTotals = hidesTotals
        self.seconds = seconds
    }

    /// Options are kept one to a line.
    private static func check(_ option: String) throws {
        let isPlain = !option.unicodeScalars.contains { $0.properties.generalCategory == .control || $0 == "\u{2028}" }
        guard isPlain, !option.allSatisfy(\.isWhitespace) else {
            throw PostsError.invalid("poll", "An option of the poll is empty or holds a control character.")
        }
        guard option.utf8.count <= Limits.pollOptionBytesMax, option.count <= Limits.pollOptionCharactersMax else {
            throw PostsError.invalid(
                "poll", "An option of the poll is longer than \(Limits.pollOptionCharactersMax) characters.")
        }
    }
}

/// Which options somebody chose: one bit each.
package struct PollChoices: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// - Parameter indices: of options, in any order.
    /// - Throws: `PostsError.invalid` for what no poll has.
    package init(_ indices: [Int64]) throws {
        guard (1...Limits.pollOptions.upperBound).contains(indices.count), Set(indices).count == indices.count,
            indices.allSatisfy({ (0..<Int64(Limits.pollOptions.upperBound)).contains($0) })
        else { throw PostsError.invalid("choices", "choices must name options of the poll, counted from 0.") }
        rawValue = indices.reduce(0) { $0 | 1 << $1 }
    }

    /// Ascending.
    package var indices: [Int] {
        (0..<Limits.pollOptions.upperBound).filter { rawValue >> Int64($0) & 1 == 1 }
    }

    package var isEmpty: Bool { rawValue == 0 }
}

extension Limits {
    package static let pollOptions = 2...4
    package static let pollOptionCharactersMax = 80
    package static let pollOptionBytesMax = 800
    /// Five minutes to thirty days.
    package static let pollSeconds: ClosedRange<Int64> = 300...2_592_000
}
