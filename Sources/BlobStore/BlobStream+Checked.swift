import Crypto
import NIOCore

extension BlobStream {
    /// The same bytes, but an error at the end if they are not as many as they should be or do not have this SHA-256.
    func checked(length: Int64, sha256: [UInt8]?) -> BlobStream {
        BlobStream {
            var chunks = makeAsyncIterator()
            var missing = length
            var hash = SHA256()
            return {
                let chunk = try await chunks.next()
                guard let chunk else {
                    try Task.checkCancellation()
                    guard missing == 0 else {
                        throw BlobStoreError(.cutTransfer, "\(missing) bytes of the blob did not come")
                    }
                    if let sha256, Array(hash.finalize()) != sha256 {
                        throw BlobStoreError(.checksumMismatch, "the blob does not have its checksum")
                    }
                    return nil
                }
                missing -= Int64(chunk.readableBytes)
                guard missing >= 0 else { throw BlobStoreError(.malformedReply, "more bytes than the blob has") }
                if sha256 != nil { chunk.withUnsafeReadableBytes { hash.update(bufferPointer: $0) } }
                return chunk
            }
        }
    }
}
