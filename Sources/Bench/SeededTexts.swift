/// Sebastiano Vigna's SplitMix64: the same texts for the same seed, on every platform.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Post texts of about 300 characters, plain ASCII without anything that JSON escapes.
package enum SeededTexts {
    package static let lengthTarget = 300

    private static let words = """
        the a of and to in on with from into over after before we they you it this that some many every another
        morning evening weekend train window garden coffee bread river harbour mountain street market library
        starling swallow heron feather song light rain snow thunder summer winter autumn spring letter picture
        recipe concert match race project idea question answer reason story friend neighbour teacher engineer
        saw heard found made wrote read walked waited laughed finished started learned forgot remembered tried
        quiet bright slow early late strange good better new old small huge warm cold honest curious
        """.split(whereSeparator: \.isWhitespace)

    package static func make(count: Int, seed: UInt64) -> [String] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in text(&generator) }
    }

    private static func text(_ generator: inout SplitMix64) -> String {
        var text = ""
        while text.utf8.count < lengthTarget {
            let length = Int.random(in: 5...14, using: &generator)
            let sentence = (0..<length).compactMap { _ in words.randomElement(using: &generator) }
            text += (text.isEmpty ? "" : " ") + sentence.joined(separator: " ") + "."
        }
        return text
    }
}
