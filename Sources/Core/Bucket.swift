/// Spreads names and numbers over the partitions.
package enum Bucket {
    /// FNV-1a over the bytes, then mixed; source: http://www.isthe.com/chongo/tech/comp/fnv/
    package static func of(_ text: String) -> Int {
        of(text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }

    package static func of(_ number: UInt64) -> Int {
        Int(mixed(number) & UInt64(Snowflake.bucketCount - 1))
    }

    /// The finalizer of SplitMix64; source: https://prng.di.unimi.it/splitmix64.c
    package static func mixed(_ number: UInt64) -> UInt64 {
        var z = number &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
