import NIOCore

/// Decides when each reader saw each post of one author.
///
/// The author's posts are published one after the other and a feed is newest first, so a reader that sees one of
/// them has all earlier ones too, even where the page is too short to show them. A reader may see a post before the
/// author has its id from the response: such ids are kept as sightings until the response tells whose they were.
struct FanoutTracker {
    private struct Publication {
        let id: UInt64
        let startedAt: NIODeadline
    }

    private struct Reader {
        /// The number of the first publication not yet seen or given up.
        var next = 0
        var sightings: [(id: UInt64, at: NIODeadline)] = []
    }

    private static let sightingsMax = 256

    /// Publications some reader waits for; the first has number `firstNumber`.
    private var publications = CircularBuffer<Publication>()
    private var firstNumber = 0
    private var numberByID: [UInt64: Int] = [:]
    private var readers: [Reader]
    private var isPublishing = false

    init(readerCount: Int) {
        readers = Array(repeating: Reader(), count: readerCount)
    }

    private var endNumber: Int { firstNumber + publications.count }

    /// Whether the reader should go on polling.
    func isWaiting(reader: Int) -> Bool {
        isPublishing || readers[reader].next < endNumber
    }

    mutating func publishStarted() {
        isPublishing = true
    }

    mutating func publishFailed() {
        isPublishing = false
        forgetSightings()
    }

    /// The author has the new post's id.
    /// - Returns: latencies of readers that had seen it already.
    mutating func published(_ id: UInt64, startedAt: NIODeadline) -> [TimeAmount] {
        isPublishing = false
        let number = endNumber
        publications.append(Publication(id: id, startedAt: startedAt))
        numberByID[id] = number
        var latencies: [TimeAmount] = []
        for reader in readers.indices {
            guard let sighting = readers[reader].sightings.first(where: { $0.id == id }) else { continue }
            latencies += sawThrough(number, reader: reader, at: sighting.at)
        }
        forgetSightings()
        return latencies
    }

    /// A reader's poll showed these ids.
    /// - Returns: a latency for each publication that is visible to the reader for the first time.
    mutating func reader(_ reader: Int, saw ids: [UInt64], at now: NIODeadline) -> [TimeAmount] {
        if let number = ids.compactMap({ numberByID[$0] }).max() {
            return sawThrough(number, reader: reader, at: now)
        }
        guard isPublishing else { return [] }
        for id in ids where !readers[reader].sightings.contains(where: { $0.id == id }) {
            guard readers[reader].sightings.count < Self.sightingsMax else { break }
            readers[reader].sightings.append((id, now))
        }
        return []
    }

    /// Gives up on what was published before `deadline`.
    /// - Returns: how many times a reader had not seen a post.
    mutating func expire(before deadline: NIODeadline) -> Int {
        let expired = publications.prefix { $0.startedAt < deadline }.count
        var missed = 0
        for reader in readers.indices {
            let behind = firstNumber + expired - readers[reader].next
            missed += max(0, behind)
            readers[reader].next += max(0, behind)
        }
        forgetSeen()
        return missed
    }

    private mutating func sawThrough(_ number: Int, reader: Int, at now: NIODeadline) -> [TimeAmount] {
        let next = readers[reader].next
        guard next <= number else { return [] }
        readers[reader].next = number + 1
        return (next...number).map { now - publications[offset: $0 - firstNumber].startedAt }
    }

    private mutating func forgetSightings() {
        for reader in readers.indices { readers[reader].sightings.removeAll(keepingCapacity: true) }
    }

    /// Publications that every reader is past need not be kept.
    private mutating func forgetSeen() {
        let needed = readers.map(\.next).min() ?? endNumber
        while firstNumber < needed, let seen = publications.popFirst() {
            numberByID[seen.id] = nil
            firstNumber += 1
        }
    }
}

extension CircularBuffer {
    fileprivate subscript(offset offset: Int) -> Element { self[index(startIndex, offsetBy: offset)] }
}
