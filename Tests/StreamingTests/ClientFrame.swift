import NIOCore

/// Frames as a client sends them, right or wrong.
struct ClientFrame {
    var first: UInt8
    var payload: [UInt8] = []
    var mask: UInt32? = 0x37FA_213D
    /// How the length is written; nil for the shortest form.
    var lengthBytes: Int?
    /// What is announced; nil for the payload's length.
    var length: UInt64?

    static func text(_ text: String, isFinal: Bool = true) -> ClientFrame {
        ClientFrame(first: isFinal ? 0x81 : 0x01, payload: Array(text.utf8))
    }

    static func text(_ bytes: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(first: isFinal ? 0x81 : 0x01, payload: bytes)
    }

    static func binary(_ bytes: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(first: isFinal ? 0x82 : 0x02, payload: bytes)
    }

    static func next(_ bytes: [UInt8], isFinal: Bool) -> ClientFrame {
        ClientFrame(first: isFinal ? 0x80 : 0x00, payload: bytes)
    }

    static func next(_ text: String, isFinal: Bool) -> ClientFrame { next(Array(text.utf8), isFinal: isFinal) }
    static func ping(_ text: String = "") -> ClientFrame { ClientFrame(first: 0x89, payload: Array(text.utf8)) }
    static func pong(_ text: String = "") -> ClientFrame { ClientFrame(first: 0x8A, payload: Array(text.utf8)) }

    static func close(_ code: UInt16?, _ reason: [UInt8] = []) -> ClientFrame {
        ClientFrame(first: 0x88, payload: (code.map { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } ?? []) + reason)
    }

    var bytes: [UInt8] {
        var frame = [first]
        let length = length ?? UInt64(payload.count)
        let size = lengthBytes ?? (length <= 125 ? 0 : length <= 0xFFFF ? 2 : 8)
        let short: UInt8 = size == 0 ? UInt8(length) : size == 2 ? 126 : 127
        frame.append(short | (mask == nil ? 0 : 0x80))
        frame += (0..<size).reversed().map { UInt8(truncatingIfNeeded: length >> UInt64($0 * 8)) }
        guard let mask else { return frame + payload }
        let key = (0..<4).reversed().map { UInt8(truncatingIfNeeded: mask >> UInt32($0 * 8)) }
        return frame + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }
}
