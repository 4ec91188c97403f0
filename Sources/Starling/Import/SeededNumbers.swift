import Core

/// SplitMix64: the same numbers for the same seed, everywhere. Source: https://prng.di.unimi.it/splitmix64.c
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// Numbers for one line of a file, whichever lines were read before.
    init(seed: UInt64, line: Int64) {
        state = Bucket.mixed(seed) ^ Bucket.mixed(~UInt64(bitPattern: line))
    }

    mutating func next() -> UInt64 {
        defer { state &+= 0x9e37_79b9_7f4a_7c15 }
        return Bucket.mixed(state)
    }

    /// A number from 0 up to `bound`, without it. Its bias is below bound/2^64.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }
}
