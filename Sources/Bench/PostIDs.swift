import NIOCore

/// Finds post ids in a response without decoding it.
enum PostIDs {
    /// The value of every `"post_id":"…"`, in the order of the body.
    static func all(in body: ByteBuffer) -> [UInt64] {
        body.withUnsafeReadableBytes { bytes in
            var ids: [UInt64] = []
            let key: StaticString = "\"post_id\":\""
            var start = 0
            while let found = bytes.offset(of: key, from: start) {
                start = found + key.utf8CodeUnitCount
                if let id = bytes.decimal(at: start) { ids.append(id) }
            }
            return ids
        }
    }
}
