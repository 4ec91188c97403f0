/// The sets of characters that the rules for entities speak of, as twitter-text defines them.
enum Scalars {
    static let atSign: UInt32 = 0x40
    static let fullwidthAtSign: UInt32 = 0xFF20
    static let numberSign: UInt32 = 0x23
    static let fullwidthNumberSign: UInt32 = 0xFF03
    static let ampersand: UInt32 = 0x26
    static let dollarSign: UInt32 = 0x24
    static let emojiSelector: UInt32 = 0xFE0F
    static let combiningKeycap: UInt32 = 0x20E3

    static func isTextOrEmojiSelector(_ scalar: UInt32) -> Bool {
        scalar == 0xFE0E || scalar == emojiSelector
    }

    /// Latin letters with diacritics, and the diacritics: what goes on with a word that began in ASCII.
    static func isLatinAccent(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x300...0x36F, 0x1E00...0x1EFF: true
        case 0x253, 0x254, 0x256, 0x257, 0x259, 0x25B, 0x263, 0x268, 0x26F, 0x272, 0x289, 0x28B, 0x2BB: true
        default: false
        }
    }

    // MARK: - Hashtags

    enum HashtagKind {
        /// Letters and marks: a tag needs one.
        case letter
        /// Digits, `_`, and what scripts write within words.
        case other
    }

    /// nil for what ends a hashtag.
    static func hashtagKind(_ scalar: UInt32) -> HashtagKind? {
        if scalar < 0x80 {
            let byte = UInt8(truncatingIfNeeded: scalar)
            if byte.isASCIILetter { return .letter }
            return byte.isASCIIDigit || byte == UInt8(ascii: "_") ? .other : nil
        }
        if isWithinWords(scalar) { return .other }
        switch Unicode.Scalar(scalar)?.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark:
            return .letter
        case .decimalNumber: return .other
        default: return nil
        }
    }

    /// Joiners, the middle dot, Hebrew, Tibetan and Japanese signs that are neither letters nor marks.
    private static func isWithinWords(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0xB7, 0x5BE, 0x5F3, 0x5F4, 0xF0B, 0xF0C, 0x200C, 0x200D, 0x3003, 0x301C, 0x309B, 0x309C, 0x30A0, 0x30FB,
            0xA67E, 0xFF5E:
            true
        default: false
        }
    }

    // MARK: - Addresses

    /// What a host name may hold besides `-` and `_`: anything but ASCII signs, spaces, controls, and marks of direction.
    static func isDomain(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0..<0x80: UInt8(truncatingIfNeeded: scalar).isASCIIAlphanumeric
        case 0x80...0xA0, 0x61C, 0x1680, 0x180E, 0x2000...0x200A, 0x200E, 0x200F, 0x2028...0x202F, 0x205F,
            0x2066...0x2069, 0x3000, 0xFEFF, 0xFFFE, 0xFFFF:
            false
        default: true
        }
    }

    /// What may stand in a path.
    static func isPath(_ scalar: UInt32) -> Bool {
        guard scalar < 0x80 else { return scalar == 0x2013 || isPathLetter(scalar) }
        let byte = UInt8(truncatingIfNeeded: scalar)
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "="),
            UInt8(ascii: "@"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "_"), UInt8(ascii: "|"),
            UInt8(ascii: "~"):
            return true
        default: return byte.isASCIIAlphanumeric
        }
    }

    /// What a path may end with: not the sign that ends the sentence around it.
    static func isPathEnding(_ scalar: UInt32) -> Bool {
        guard scalar < 0x80 else { return isPathLetter(scalar) }
        let byte = UInt8(truncatingIfNeeded: scalar)
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: "_"), UInt8(ascii: "#"),
            UInt8(ascii: "/"):
            return true
        default: return byte.isASCIIAlphanumeric
        }
    }

    private static func isPathLetter(_ scalar: UInt32) -> Bool {
        (0x400...0x4FF).contains(scalar) || isLatinAccent(scalar)
    }

    static func isQuery(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "'"), UInt8(ascii: "@"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "&"),
            UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "$"), UInt8(ascii: "/"), UInt8(ascii: "%"),
            UInt8(ascii: "#"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "~"), UInt8(ascii: "|"):
            true
        default: byte.isASCIIAlphanumeric
        }
    }

    /// As in twitter-text, and `+`, which its own validator accepts at the end.
    static func isQueryEnding(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: "#"),
            UInt8(ascii: "/"), UInt8(ascii: "+"):
            true
        default: byte.isASCIIAlphanumeric
        }
    }
}
