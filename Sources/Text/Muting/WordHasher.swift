/// Takes a text apart into words and hashes each.
struct WordHasher {
    private enum Kind {
        case space
        case letter
        case mark
        case sign
        /// Of a script in which each letter stands alone.
        case standalone
    }

    private var words: [UInt64] = []
    private var hash = Self.hashStart
    /// What the word that is being read may go on with; nil between words.
    private var open: Kind?

    /// FNV-1a, over scalars.
    private static let hashStart: UInt64 = 0xCBF2_9CE4_8422_2325
    private static let hashPrime: UInt64 = 0x100_0000_01B3

    static func words(of text: String, folding: CaseFolding) -> [UInt64] {
        var hasher = WordHasher()
        for scalar in folding.fold(text).unicodeScalars {
            // Keyboards type either.
            hasher.add(scalar == "\u{2019}" ? "'" : scalar)
        }
        hasher.close()
        return hasher.words
    }

    private mutating func add(_ scalar: Unicode.Scalar) {
        let kind = Self.kind(of: scalar)
        switch (kind, open) {
        case (.space, _): return close()
        case (.letter, .letter), (.mark, .some): break
        default:
            close()
            open = kind
        }
        hash = (hash ^ UInt64(scalar.value)) &* Self.hashPrime
    }

    private mutating func close() {
        guard open != nil else { return }
        words.append(hash)
        hash = Self.hashStart
        open = nil
    }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: return .letter
        case 0...0x20, 0x7F: return .space
        case 0..<0x80: return .sign
        default: return kindBeyondASCII(scalar)
        }
    }

    private static func kindBeyondASCII(_ scalar: Unicode.Scalar) -> Kind {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return .mark
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber,
            .decimalNumber, .otherNumber:
            return isStandalone(scalar.value) ? .standalone : .letter
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .format: return .space
        default: return .sign
        }
    }

    /// The blocks of scripts that write no spaces between words, and of Hangul. Halfwidth forms are gone after NFKC.
    private static func isStandalone(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x0E00...0x109F, 0xA9E0...0xA9FF, 0xAA60...0xAA7F: true  // Thai, Lao, Tibetan, Burmese
        case 0x1780...0x17FF, 0x1950...0x19FF, 0x1A20...0x1AAF: true  // Khmer, Tai scripts
        case 0x1100...0x11FF, 0x3130...0x318F, 0xA960...0xA97F, 0xAC00...0xD7FF: true  // Hangul
        case 0x2E80...0x312F, 0x31A0...0x31FF, 0x1AFF0...0x1B16F: true  // Kana, bopomofo, signs among ideographs
        case 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true  // Ideographs, Yi
        default: false
        }
    }
}
