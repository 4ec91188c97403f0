/// One activity on its way.
struct Delivery {
    let position: Int64
    /// Who has not read since is not pushed to: their timeline is rebuilt when they return.
    let inactiveBefore: Int64
}

/// Brings owners into the order of the parts that hold their timelines, by a counting sort, so that few parts have to be
/// locked at once.
struct DeliveryOrder {
    static var ownersMax: Int { 1_024 }
    private static var partCount: Int { HomeTimelines.partCount }

    private(set) var sorted = [Recipient](repeating: Recipient(0), count: ownersMax)
    private var recipients = [Recipient](repeating: Recipient(0), count: ownersMax)
    /// Where the recipients of each part begin, and in the end, where they end.
    private var ends = [Int](repeating: 0, count: partCount + 1)

    /// Takes up to `ownersMax` owners in place of those before.
    mutating func sort(_ owners: ArraySlice<Int64>) {
        precondition(owners.count <= Self.ownersMax)
        for part in ends.indices { ends[part] = 0 }
        var index = 0
        for owner in owners {
            let recipient = Recipient(owner)
            recipients[index] = recipient
            ends[recipient.part &+ 1] &+= 1
            index &+= 1
        }
        for part in 1...Self.partCount { ends[part] &+= ends[part &- 1] }
        for recipient in recipients[..<index] {
            let end = ends[recipient.part]
            sorted[end] = recipient
            ends[recipient.part] = end &+ 1
        }
    }
}
