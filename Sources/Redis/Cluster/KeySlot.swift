/// Which of a cluster's slots a key is in: CRC16 (XMODEM) of the key or, if it has one, of its hash tag.
/// https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags
enum KeySlot {
    static let count = 16_384

    static func of(_ key: UnsafeRawBufferPointer) -> Int {
        Int(crc16(tag(of: key))) % count
    }

    /// What stands between the first `{` and the next `}`, if that is anything; else the whole key.
    private static func tag(of key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")) else { return key }
        let rest = key[(open + 1)...]
        guard let close = rest.firstIndex(of: UInt8(ascii: "}")), close > rest.startIndex else { return key }
        return UnsafeRawBufferPointer(rebasing: rest[..<close])
    }

    private static func crc16(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
        table.withUnsafeBufferPointer { table in
            bytes.reduce(0) { crc, byte in (crc << 8) ^ table[Int((crc >> 8) ^ UInt16(byte)) & 0xFF] }
        }
    }

    private static let table: [UInt16] = (0..<256).map { index in
        (0..<8).reduce(UInt16(index) << 8) { crc, _ in crc & 0x8000 == 0 ? crc << 1 : (crc << 1) ^ 0x1021 }
    }
}
