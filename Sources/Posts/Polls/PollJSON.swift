import Core
import Telemetry

/// A poll as JSON, encoded once for those who are shown its counts and once for the others.
final class PollJSON: Sendable {
    private let counted: FrozenBytes
    private let veiled: FrozenBytes
    private let isVeiled: Bool

    init(_ poll: Poll) {
        counted = FrozenBytes(Self.encode(poll, counts: true))
        isVeiled = poll.hidesTotals && !poll.isClosed
        veiled = FrozenBytes(isVeiled ? Self.encode(poll, counts: false) : [])
    }

    /// The most bytes that `write` lays.
    var byteCount: Int { max(counted.count, veiled.count) + 32 }

    /// Lays the member of a post.
    func write(choices: PollChoices, to splicer: inout ByteSplicer) {
        if isVeiled, choices.isEmpty { splicer.append(veiled) } else { splicer.append(counted) }
        for (place, choice) in choices.indices.enumerated() {
            if place > 0 { splicer.append(UInt8(ascii: ",")) }
            splicer.append(choice)
        }
        splicer.append("],\"voted\":" as StaticString)
        splicer.append((choices.isEmpty ? "false}" : "true}") as StaticString)
    }

    private static func encode(_ poll: Poll, counts: Bool) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.raw(",\"poll\":{\"options\":[")
        for (index, option) in poll.options.enumerated() {
            json.raw(index > 0 ? ",{\"text\":" : "{\"text\":")
            json.string(option)
            json.raw(",\"votes_count\":")
            if counts { json.integer(poll.votes[index]) } else { json.raw("null") }
            json.raw("}")
        }
        json.raw("],\"multiple\":")
        json.flag(poll.isMultiple)
        json.raw(",\"hide_totals\":")
        json.flag(poll.hidesTotals)
        json.raw(",\"expires_at\":")
        json.string(Timestamp.string(poll.closesAt))
        json.raw(",\"closed\":")
        json.flag(poll.isClosed)
        json.raw(",\"voters_count\":")
        if counts { json.integer(poll.voters) } else { json.raw("null") }
        json.raw(",\"choices\":[")
        return json.bytes
    }
}
