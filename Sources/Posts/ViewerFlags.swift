import Core

/// What a viewer did with a post. Raw values are stored: the reaction in the lowest three bits, then one bit each, then
/// two of feedback; the choices in a poll from the ninth bit on.
package struct ViewerFlags: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    fileprivate static let choicesPlace: Int64 = 8

    /// Nothing.
    package static let none = ViewerFlags(rawValue: 0)

    package var reaction: Reaction? { Reaction(rawValue: rawValue & Field.reaction.mask) }
    package var isShared: Bool { rawValue & Field.shared.mask != 0 }
    /// In the post's poll.
    package var choices: PollChoices { PollChoices(rawValue: (rawValue & Field.vote.mask) >> Self.choicesPlace) }
    package var isBookmarked: Bool { rawValue & Field.bookmarked.mask != 0 }

    package var feedback: Feedback? { Feedback(rawValue: (rawValue & Field.feedback.mask) >> 5) }
    /// Whether the viewer wants the post out of the home feed.
    package var isHidden: Bool { rawValue & Field.feedback.mask == Self(feedback: .hide).rawValue }

    package init(feedback: Feedback) {
        self.init(rawValue: feedback.rawValue << 5)
    }

    /// One thing that a viewer does with a post, beside the others.
    package enum Field: Sendable, CaseIterable {
        case reaction
        case shared
        case bookmarked
        /// Which is not told: it shows in what the feed has.
        case feedback
        case vote

        package var mask: Int64 {
            switch self {
            case .reaction: 0b0000111
            case .shared: 0b0001000
            case .bookmarked: 0b0010000
            case .feedback: 0b1100000
            case .vote: 0b1111 << ViewerFlags.choicesPlace
            }
        }
    }

    /// The flags with those of `mask` as in `value`.
    package func replacing(_ mask: Int64, with value: Int64) -> ViewerFlags {
        ViewerFlags(rawValue: rawValue & ~mask | value & mask)
    }

    /// The most bytes that `write` lays.
    package static let byteCountMax = 80

    /// Lays the flags as JSON.
    package func write(to splicer: inout ByteSplicer) {
        // By far the most.
        guard self != .none else {
            return splicer.append(
                "{\"liked\":false,\"reaction\":null,\"shared\":false,\"bookmarked\":false}" as StaticString)
        }
        splicer.append(Self.encodings.encoding(of: self))
    }

    private static let encodings = Encodings()

    /// The JSON of all flags that are told: it is laid for every post of every page.
    private struct Encodings: ~Copyable, Sendable {
        private let bytes: FrozenBytes
        private let starts: [Int]

        init() {
            var bytes: [UInt8] = []
            var starts = [0]
            for value in 0..<32 as Range<Int64> {
                bytes += Self.json(ViewerFlags(rawValue: value))
                starts.append(bytes.count)
            }
            self.bytes = FrozenBytes(bytes)
            self.starts = starts
        }

        func encoding(of flags: ViewerFlags) -> UnsafeRawBufferPointer {
            let place = Int(flags.rawValue & 31)
            return bytes.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: $0[starts[place]..<starts[place + 1]]) }
        }

        private static func json(_ flags: ViewerFlags) -> [UInt8] {
            var json = JSONWriter(capacity: 96)
            json.raw("{\"liked\":")
            json.flag(flags.reaction != nil)
            json.raw(",\"reaction\":")
            json.string(flags.reaction?.name)
            json.raw(",\"shared\":")
            json.flag(flags.isShared)
            json.raw(",\"bookmarked\":")
            json.flag(flags.isBookmarked)
            json.raw("}")
            return json.bytes
        }
    }
}

extension PollChoices {
    /// As flags of the viewer's.
    var flags: Int64 { rawValue << ViewerFlags.choicesPlace }
}
