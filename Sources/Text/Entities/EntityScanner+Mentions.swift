import Core

extension EntityScanner {
    /// At an `@`: a mention, when a username follows and neither side makes it part of something else.
    mutating func scanMention(signLength: Int) {
        let sign = position
        let start = sign + signLength
        guard mayPrecedeMention(sign) else { return move(to: start) }
        var end = start
        while text[end].isASCIIAlphanumeric || text[end] == UInt8(ascii: "_") { end += 1 }
        count(sign..<end)
        guard Limits.usernameLength.contains(end - start), mayFollowMention(end) else { return move(to: start) }
        addMention(sign..<end, signLength: signLength)
        move(to: end)
    }

    /// A letter or digit before the sign speaks of an e-mail address; some signs of a word struck out (`f*@k`).
    private func mayPrecedeMention(_ sign: Int) -> Bool {
        guard let previous else { return true }
        switch previous {
        case Scalars.fullwidthAtSign: return false
        case 0x80...: return true
        case UInt32(UInt8(ascii: "t")), UInt32(UInt8(ascii: "T")): return followsRT(sign)
        default:
            let byte = UInt8(truncatingIfNeeded: previous)
            return !(byte.isASCIIAlphanumeric || Self.isMentionBarrier(byte))
        }
    }

    /// `RT@alice`, from the days when that was how to share.
    private func followsRT(_ sign: Int) -> Bool {
        guard sign >= 2, text[sign - 2].asciiLowercased == UInt8(ascii: "r") else { return false }
        guard let before = text.scalar(before: sign - 2), before < 0x80 else { return true }
        let byte = UInt8(truncatingIfNeeded: before)
        return !(byte.isASCIIAlphanumeric || Self.isWordConnector(byte))
    }

    private func mayFollowMention(_ end: Int) -> Bool {
        let next = text.scalar(at: end).value
        return next != Scalars.atSign && next != Scalars.fullwidthAtSign && !Scalars.isLatinAccent(next)
            && !text.hasASCII("://", at: end)
    }

    private static func isMentionBarrier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"),
            UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "@"):
            true
        default: false
        }
    }

    private static func isWordConnector(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "~"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }
}
