import NIOCore

/// Values that follow each other in a buffer: those of an array, or the replies of one node.
package struct RedisElements: Sequence, Sendable {
    package let count: Int
    let buffer: ByteBuffer

    package var underestimatedCount: Int { count }

    package func makeIterator() -> Iterator { Iterator(left: count, rest: buffer) }

    package struct Iterator: IteratorProtocol {
        private var left: Int
        private var rest: ByteBuffer

        init(left: Int, rest: ByteBuffer) {
            self.left = left
            self.rest = rest
        }

        package mutating func next() -> RedisReply? {
            guard left > 0 else { return nil }
            left -= 1
            let reply = RedisReply(rest)
            if left > 0 { rest.moveReaderIndex(forwardBy: rest.withUnsafeReadableBytes(Self.size)) }
            return reply
        }

        /// The size of the first value, all of which is there: it was scanned when it came.
        private static func size(_ bytes: UnsafeRawBufferPointer) -> Int {
            var position = 0
            var lacking = 1
            while lacking > 0 {
                lacking -= 1
                guard let head = try? RespHead(bytes, at: position, .none) else { return bytes.count }
                position = head.end
                switch head.kind {
                case .line: break
                case .bulk(let count): position += count + 2
                case .array(let count): lacking += count
                }
            }
            return Swift.min(position, bytes.count)
        }
    }
}
