/// Cases after the Autobahn test suite (its fuzzing client against an echo): what a client sends, and all that must come back.
struct AutobahnCase: Sendable {
    /// With the suite's number.
    let name: String
    let sent: [UInt8]
    /// The bytes of the frames that come back before the end.
    let echoed: [UInt8]
    /// The code of the close that the server ends it with; nil where the client does, with 1000.
    let failure: Int?
    /// In pieces of this many bytes.
    let chop: Int?

    init(_ name: String, _ sent: [[UInt8]], _ echoed: [[UInt8]] = [], failure: Int? = nil, chop: Int? = nil) {
        self.name = name
        // Millions of bytes, which a build without optimization must not touch one by one.
        self.sent = sent.reduce(into: []) { $0.append(contentsOf: $1) }
        self.echoed = echoed.reduce(into: []) { $0.append(contentsOf: $1) }
        self.failure = failure
        self.chop = chop
    }
}

/// Frames of RFC 6455 as bytes.
enum WireFrame {
    /// A client's.
    /// - Parameter first: the first byte: final bit, reserved bits, opcode.
    static func client(_ first: UInt8, _ payload: [UInt8] = [], mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]) -> [UInt8] {
        var bytes = head(first, payload.count, masked: 0x80) + mask
        if mask == [0, 0, 0, 0] { return bytes + payload }
        bytes.reserveCapacity(bytes.count + payload.count)
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index & 3]) }
        return bytes
    }

    static func server(_ first: UInt8, _ payload: [UInt8] = []) -> [UInt8] { head(first, payload.count) + payload }

    static func text(_ text: String, final: Bool = true) -> [UInt8] { client(final ? 0x81 : 0x01, Array(text.utf8)) }
    static func next(_ text: String, final: Bool) -> [UInt8] { client(final ? 0x80 : 0x00, Array(text.utf8)) }
    static func close(_ code: Int, _ reason: [UInt8] = []) -> [UInt8] {
        client(0x88, [UInt8(code >> 8 & 0xFF), UInt8(code & 0xFF)] + reason)
    }

    private static func head(_ first: UInt8, _ count: Int, masked: UInt8 = 0) -> [UInt8] {
        let bytes = { (size: Int) in (0..<size).reversed().map { UInt8(count >> ($0 * 8) & 0xFF) } }
        switch count {
        case 0...125: return [first, masked | UInt8(count)]
        case 126...65_535: return [first, masked | 126] + bytes(2)
        default: return [first, masked | 127] + bytes(8)
        }
    }
}

// The cases, by the suite's sections
extension AutobahnCase {
    private typealias F = WireFrame

    private static func echo(_ text: String) -> [UInt8] { F.server(0x81, Array(text.utf8)) }
    private static func pong(_ payload: [UInt8] = []) -> [UInt8] { F.server(0x8A, payload) }
    private static let payload = Array("payload".utf8)

    static let framing = [0, 125, 126, 127, 128, 65_535, 65_536].flatMap { length in
        [(UInt8(0x81), UInt8(0x2A)), (0x82, 0xFE)].flatMap { first, byte in
            let bytes = [UInt8](repeating: byte, count: length)
            return [nil, 997].map { chop in
                AutobahnCase(
                    "1.\(first - 0x80): \(length) bytes, chop \(chop ?? 0)", [F.client(first, bytes)],
                    [F.server(first, bytes)], chop: chop)
            }
        }
    }

    static let pings: [AutobahnCase] =
        [
            AutobahnCase("2.1", [F.client(0x89)], [pong()]),
            AutobahnCase("2.2", [F.client(0x89, payload)], [pong(payload)]),
            AutobahnCase("2.3", [F.client(0x89, [0, 0xFF, 0xFE, 0xFD])], [pong([0, 0xFF, 0xFE, 0xFD])]),
            AutobahnCase("2.5", [F.client(0x89, [UInt8](repeating: 0xFE, count: 126))], failure: 1002),
            AutobahnCase("2.7", [F.client(0x8A)]), AutobahnCase("2.8", [F.client(0x8A, payload)]),
            AutobahnCase("2.9", [F.client(0x8A, payload), F.client(0x89, payload)], [pong(payload)]),
        ]
        + [nil, 1].flatMap { chop in
            let longest = [UInt8](repeating: 0xFE, count: 125)
            return [
                AutobahnCase("2.4, 2.6", [F.client(0x89, longest)], [pong(longest)], chop: chop),
                AutobahnCase(
                    "2.10, 2.11", (0..<10).map { F.client(0x89, [$0]) }, (0..<10).map { pong([$0]) }, chop: chop),
            ]
        }

    static let reserved: [AutobahnCase] = (1...7).flatMap { (bits: UInt8) in
        [nil, 1].map { chop in
            AutobahnCase(
                "3.\(bits)", [F.text("first"), F.client(0x81 | bits << 4, payload), F.client(0x89)], [echo("first")],
                failure: 1002, chop: chop)
        }
    }

    static let opcodes: [AutobahnCase] = ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).flatMap { opcode in
        [[], payload].flatMap { payload in
            [nil, 1].map { chop in
                AutobahnCase(
                    "4: opcode \(opcode)", [F.text("first"), F.client(0x80 | opcode, payload), F.client(0x89)],
                    [echo("first")], failure: 1002, chop: chop)
            }
        }
    }

    static let fragments: [AutobahnCase] = [nil, 1, 5].flatMap { (chop: Int?) -> [AutobahnCase] in
        func example(_ name: String, _ sent: [[UInt8]], _ echoed: [[UInt8]] = [], failure: Int? = nil) -> AutobahnCase {
            AutobahnCase(name, sent, echoed, failure: failure, chop: chop)
        }
        let ping = F.client(0x89, payload)
        return [
            example("5.1", [F.client(0x09, payload), F.next("2", final: true)], failure: 1002),
            example("5.2", [F.client(0x0A, payload), F.next("2", final: true)], failure: 1002),
            example("5.3", [F.text("1", final: false), F.next("2", final: true)], [echo("12")]),
            example("5.6", [F.text("1", final: false), ping, F.next("2", final: true)], [pong(payload), echo("12")]),
            example("5.9", [F.next("no", final: true), F.text("text")], failure: 1002),
            example("5.12", [F.next("no", final: false), F.text("text")], failure: 1002),
            example(
                "5.15",
                [F.text("1", final: false), F.next("2", final: true), F.next("3", final: false), F.text("4")],
                [echo("12")], failure: 1002),
            example("5.18", [F.text("1", final: false), F.text("2")], failure: 1002),
            example(
                "5.19",
                [
                    F.text("1", final: false), F.next("2", final: false), ping, F.next("3", final: false),
                    F.next("4", final: false), ping, F.next("5", final: true),
                ], [pong(payload), pong(payload), echo("12345")]),
        ]
    }
}
