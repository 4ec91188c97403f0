import NIOCore

/// The replies to a batch, in the order of its commands.
package struct RedisReplies: Sequence, Sendable {
    /// Where a reply is that came by another way than all in one piece.
    struct Place: Sendable {
        let part: Int32
        let offset: Int32
    }

    private enum Storage: Sendable {
        case inOrder(RedisElements)
        case scattered(ContiguousArray<Place>, parts: [ByteBuffer])
    }

    private let storage: Storage

    init(count: Int, buffer: ByteBuffer) {
        storage = .inOrder(RedisElements(count: count, buffer: buffer))
    }

    init(places: ContiguousArray<Place>, parts: [ByteBuffer]) {
        storage = .scattered(places, parts: parts)
    }

    package var count: Int {
        switch storage {
        case .inOrder(let elements): elements.count
        case .scattered(let places, _): places.count
        }
    }

    package var underestimatedCount: Int { count }

    /// The first reply. Its absence is an error, so that a command alone in its batch reads in one line.
    package func only() throws -> RedisReply {
        guard let reply = first(where: { _ in true }) else {
            throw RedisError(.unexpectedReply, "a batch without commands has no reply")
        }
        return reply
    }

    /// - Throws: the first reply that is an error, as a `RedisError` with the code `server`.
    package func checked() throws -> RedisReplies {
        for reply in self {
            if let error = reply.error { throw error }
        }
        return self
    }

    package func makeIterator() -> Iterator {
        switch storage {
        case .inOrder(let elements): Iterator(ordered: elements.makeIterator(), places: [], parts: [])
        case .scattered(let places, let parts): Iterator(ordered: nil, places: places[...], parts: parts)
        }
    }

    package struct Iterator: IteratorProtocol {
        private var ordered: RedisElements.Iterator?
        private var places: ContiguousArray<Place>.SubSequence
        private let parts: [ByteBuffer]

        fileprivate init(
            ordered: RedisElements.Iterator?, places: ContiguousArray<Place>.SubSequence, parts: [ByteBuffer]
        ) {
            self.ordered = ordered
            self.places = places
            self.parts = parts
        }

        package mutating func next() -> RedisReply? {
            if ordered != nil { return ordered?.next() }
            guard let place = places.popFirst() else { return nil }
            var buffer = parts[Int(place.part)]
            buffer.moveReaderIndex(forwardBy: Int(place.offset))
            return RedisReply(buffer)
        }
    }
}
