/// Whose timeline is meant, and where it is to be found.
struct Recipient {
    let owner: Int64
    private let hash: UInt64

    @inline(__always)
    init(_ owner: Int64) {
        self.owner = owner
        hash = Self.mixed(UInt64(bitPattern: owner))
    }

    /// The part that holds the timeline.
    var part: Int {
        @inline(__always) get { Int(truncatingIfNeeded: hash) & (HomeTimelines.partCount - 1) }
    }

    /// Where the search in the table of that part begins, to be cut to the size of the table.
    var home: Int {
        @inline(__always) get { Int(truncatingIfNeeded: hash >> 32) }
    }

    /// The finalizer of SplitMix64, as `Bucket.mixed`, but inlined: it is a large part of what a delivery costs.
    @inline(__always)
    private static func mixed(_ number: UInt64) -> UInt64 {
        var z = number &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
