/// Lists of 64-bit integers as little-endian bytes.
enum PackedIntegers {
    static func bytes(of integers: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(integers.count * 8)
        for integer in integers { withUnsafeBytes(of: integer.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    static func integers(of bytes: [UInt8]) -> [Int64] {
        bytes.withUnsafeBytes { raw in
            (0..<raw.count / 8).map {
                Int64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self))
            }
        }
    }
}
