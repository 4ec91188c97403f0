import CZlib

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file read from front to back, plain or gzip: also of several members, one after the other. As `gzip` does, zlib
/// ignores what follows the last member.
final class InputFile {
    private static let chunkBytes = 128 * 1024

    let path: String
    /// In bytes, as it is stored.
    let size: Int64
    private let file: gzFile
    private var chunk = [UInt8](repeating: 0, count: chunkBytes)

    init(path: String) throws {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else {
            throw ImportError("\(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0, lseek(descriptor, 0, SEEK_SET) == 0, let file = gzdopen(descriptor, "rb") else {
            close(descriptor)
            throw ImportError("\(path) is not a file: an import reads it twice, so it cannot be a pipe.")
        }
        self.path = path
        self.size = Int64(size)
        self.file = file
    }

    deinit {
        gzclose(file)
    }

    /// How many of the stored bytes have been read.
    var bytesRead: Int64 { Int64(gzoffset(file)) }

    /// Appends the next bytes, decompressed.
    /// - Parameter line: where the reader is, for the error.
    /// - Returns: whether there were any left.
    func read(into bytes: inout [UInt8], atLine line: Int64) throws -> Bool {
        let count = gzread(file, &chunk, UInt32(Self.chunkBytes))
        var code: Int32 = Z_OK
        let message = gzerror(file, &code)
        // zlib calls a stream that ends too early Z_BUF_ERROR, and tells it beside the bytes that were there.
        guard count >= 0, code == Z_OK || code == Z_STREAM_END || (code == Z_BUF_ERROR && count > 0) else {
            throw damage(code, message.map { String(cString: $0) }, atLine: line)
        }
        bytes.append(contentsOf: chunk[..<Int(count)])
        return count > 0
    }

    private func damage(_ code: Int32, _ message: String?, atLine line: Int64) -> ImportError {
        let reason =
            switch code {
            case Z_BUF_ERROR: "the compressed data ends too early"
            case Z_ERRNO: message ?? "reading failed"
            default: "the compressed data is damaged"
            }
        return ImportError("\(path) cannot be read beyond line \(line): \(reason). The lines before it are kept.")
    }
}
