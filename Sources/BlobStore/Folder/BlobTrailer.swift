import Core
import NIOCore

/// The last 256 bytes of a blob's file: what is known of the blob, written and renamed with it as one.
///
/// Behind the body and not before it, so that an offset in the blob is an offset in the file, and fixed in size, so that
/// the file's length tells the blob's. Layout, big-endian: 8 bytes of mark and version, 8 of the body's length, 32 of its
/// SHA-256, 1 of the content type's length, 127 of the content type, zeros.
enum BlobTrailer {
    static let size = 256
    private static let mark: UInt64 = 0x7374_6c62_6c6f_6231  // "stlblob1"

    static func bytes(_ info: BlobInfo) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(mark)
        buffer.writeInteger(info.length)
        buffer.writeBytes((info.sha256 ?? []).prefix(32))
        buffer.writeInteger(UInt8(truncatingIfNeeded: info.contentType.utf8.count))
        buffer.writeString(info.contentType)
        buffer.writeRepeatingByte(0, count: size - buffer.readableBytes)
        return buffer
    }

    /// - Throws: `cutTransfer` for a file that was not written by `bytes`, or not all of it is there.
    static func info(_ file: OpenFile) throws -> BlobInfo {
        let status = try file.status()
        let length = status.length - Int64(size)
        var buffer = ByteBuffer()
        guard status.isFile, length >= 0 else { throw broken }
        try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { space in
            try file.read(into: UnsafeMutableRawBufferPointer(rebasing: space.prefix(size)), at: length)
        }
        guard buffer.readInteger(as: UInt64.self) == mark, buffer.readInteger(as: Int64.self) == length,
            let sha256 = buffer.readBytes(length: 32), let count = buffer.readInteger(as: UInt8.self),
            let contentType = buffer.readString(length: Int(count))
        else { throw broken }
        return BlobInfo(length: length, contentType: contentType, sha256: sha256)
    }

    private static let broken = BlobStoreError(.cutTransfer, "a file in the media folder is not a whole blob")
}
