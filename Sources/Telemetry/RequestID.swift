import Core
import Synchronization

/// Names one request in logs and problem documents: 16 lowercase hexadecimal digits.
package struct RequestID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Lays the 16 digits.
    package func append(to splicer: inout ByteSplicer) {
        for index in 0..<16 { splicer.append(digit(index)) }
    }

    private func digit(_ index: Int) -> UInt8 {
        let digit = UInt8(truncatingIfNeeded: rawValue >> UInt64(60 - 4 * index)) & 0xF
        return digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }

    package var description: String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            for index in 0..<16 { buffer[index] = digit(index) }
            return 16
        }
    }
}

/// Issues request ids: no two alike from one generator, and none that can be guessed to follow another across
/// processes that start at random places. Costs one atomic addition.
package final class RequestIDGenerator: Sendable {
    private let state: Atomic<UInt64>

    package init(seed: UInt64 = .random(in: .min ... .max)) {
        state = Atomic(seed)
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): its mixing is a bijection, so ids repeat only after 2⁶⁴.
    package func next() -> RequestID {
        var mixed = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return RequestID(rawValue: mixed ^ (mixed >> 31))
    }
}
