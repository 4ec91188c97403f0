/// Every scalar but ideographs, Hangul syllables and what is private or unassigned in whole planes: those have no cases and
/// no look-alikes here, and are most of Unicode.
enum Alphabets {
    static let scalars = [0...0x33FF, 0xA000...0xABFF, 0xF900...0x16FFF, 0x1B000...0x1FFFF].flatMap {
        (block: ClosedRange<UInt32>) in
        block.compactMap(Unicode.Scalar.init)
    }
}
