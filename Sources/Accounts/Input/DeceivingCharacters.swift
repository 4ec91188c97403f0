/// Characters in a name that cannot be seen, or that turn the text around it: with them one name is made to look like another,
/// or like the words that an app writes beside it.
package enum DeceivingCharacters {
    /// Whether the text has any. What cannot be seen and yet belongs to what is written is none: variation selectors and tags
    /// of emoji after what they vary, and joiners within emoji and within scripts that need them.
    package static func areIn(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.contains { deceives(scalars, at: $0) } || scalars.allSatisfy(\.isBlank)
    }

    /// Whether there is nothing to see.
    package static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.isBlank || $0.properties.isBidiControl }
    }

    /// The text without them.
    static func removed(from text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        let kept = scalars.indices.filter { !deceives(scalars, at: $0) }.map { scalars[$0] }
        return kept.allSatisfy(\.isBlank) ? "" : String(String.UnicodeScalarView(kept))
    }

    private static func deceives(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        let scalar = scalars[index]
        guard scalar.value >= 0x80 else { return false }
        let before = index > 0 ? scalars[index - 1] : nil
        let after = index + 1 < scalars.count ? scalars[index + 1] : nil
        switch scalar.value {
        case 0x200C: return !(before.map(\.takesJoiners) ?? false) || !(after.map(\.takesJoiners) ?? false)
        case 0x200D: return !(before.map(\.takesJoiners) ?? false)
        // The parts of flags, at the end of which stands one of them.
        case 0xE0020...0xE007F:
            return before.map { $0.value != 0x1F3F4 && !(0xE0020...0xE007E).contains($0.value) } ?? true
        case 0xFFF9...0xFFFB: return true
        default: break
        }
        let properties = scalar.properties
        if properties.isVariationSelector { return before.map { $0.properties.isWhitespace || $0.isInvisible } ?? true }
        return properties.isDefaultIgnorableCodePoint || properties.isBidiControl
    }
}

extension Unicode.Scalar {
    fileprivate var isInvisible: Bool { value >= 0x80 && properties.isDefaultIgnorableCodePoint }

    /// Nothing to see: space, or the Braille sign without dots.
    fileprivate var isBlank: Bool { properties.isWhitespace || isInvisible || value == 0x2800 }

    /// Emoji and what varies them, and letters and marks beyond those scripts in which nothing joins.
    fileprivate var takesJoiners: Bool {
        guard value >= 0x80 else { return false }
        if properties.isEmoji || properties.isVariationSelector || properties.isEmojiModifier { return true }
        // Past Latin, Greek, Cyrillic and Armenian.
        guard value >= 0x590, !isInvisible else { return false }
        switch properties.generalCategory {
        case .otherLetter, .nonspacingMark, .spacingMark, .modifierLetter: return true
        default: return false
        }
    }
}
