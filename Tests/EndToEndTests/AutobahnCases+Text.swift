// Texts, closes and sizes
extension AutobahnCase {
    private typealias F = WireFrame

    private static let word = Array("κόσμε".utf8)

    static let texts: [AutobahnCase] =
        [
            AutobahnCase("6.1.1", [F.text("")], [F.server(0x81)]),
            AutobahnCase(
                "6.1.2", [F.text("", final: false), F.next("", final: false), F.next("", final: true)],
                [F.server(0x81)]),
            AutobahnCase(
                "6.2.3",
                [F.client(0x01, Array(word.prefix(3)))] + word.dropFirst(3).map { F.client(0x00, [$0]) }
                    + [F.client(0x80)], [F.server(0x81, word)]),
            AutobahnCase(
                "6.3.2",
                [F.client(0x01, Array(word.prefix(1)))]
                    + (word.dropFirst() + [0xED, 0xA0, 0x80, 0x65, 0x64]).map { F.client(0x00, [$0]) }
                    + [F.client(0x80)], failure: 1007),
            AutobahnCase("6.4.1", [F.client(0x01, word), F.client(0x00, [0xF4, 0x90, 0x80, 0x80])], failure: 1007),
            AutobahnCase(
                "6.4.2", [F.client(0x01, word), F.client(0x00, [0xF4]), F.client(0x00, [0x90])], failure: 1007),
            // Less than the frame announces: refused before the rest comes.
            AutobahnCase(
                "6.4.3", [Array(F.client(0x81, word + [0xF4, 0x90, 0x80, 0x80, 0x65]).dropLast(3))], failure: 1007),
        ]
        + [nil, 1].flatMap { chop in
            valid.map { AutobahnCase("6.5: \($0)", [F.client(0x81, $0)], [F.server(0x81, $0)], chop: chop) }
                + invalid.map { AutobahnCase("6.6: \($0)", [F.client(0x81, $0)], failure: 1007, chop: chop) }
        }

    /// Ends of ranges, and characters that are none but may be written.
    private static let valid: [[UInt8]] = [
        [0x00], [0x7F], [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
        [0xEF, 0xBF, 0xBD], [0xEF, 0xBF, 0xBE], [0xEF, 0xBF, 0xBF], [0xEF, 0xB7, 0x90], [0xF0, 0x90, 0x80, 0x80],
        [0xF0, 0x9F, 0xBF, 0xBE], [0xF4, 0x8F, 0xBF, 0xBF], word,
    ]

    private static let invalid: [[UInt8]] = [
        [0x80], [0xBF], [0xFE], [0xFF], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0xAF], [0xE0, 0x9F, 0xBF],
        [0xF0, 0x80, 0x80, 0xAF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF8, 0x88, 0x80, 0x80, 0x80],
        [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
        [0xCE], Array(word.dropLast()), word + [0xED, 0xA0, 0x80, 0x65],
    ]

    static let closes: [AutobahnCase] =
        [
            AutobahnCase("7.1.1", [F.text("hello")], [F.server(0x81, Array("hello".utf8))]),
            AutobahnCase("7.1.2", [F.close(1000), F.close(1000)], failure: 1000),
            AutobahnCase("7.1.3", [F.close(1000), F.client(0x89)], failure: 1000),
            AutobahnCase("7.1.4", [F.close(1000), F.text("more")], failure: 1000),
            AutobahnCase("7.1.5", [F.text("1", final: false), F.close(1000), F.next("2", final: true)], failure: 1000),
            AutobahnCase(
                "7.1.6", [F.client(0x81, long), F.text("hello"), F.close(1000), F.client(0x89)],
                [F.server(0x81, long), F.server(0x81, Array("hello".utf8))], failure: 1000),
            AutobahnCase("7.3.1", [F.client(0x88)], [F.server(0x88)]),
            AutobahnCase("7.3.2", [F.client(0x88, [0x61])], failure: 1002),
            AutobahnCase("7.3.4", [F.close(1000, Array("bye".utf8))], failure: 1000),
            AutobahnCase("7.3.5", [F.close(1000, [UInt8](repeating: 0x2A, count: 123))], failure: 1000),
            AutobahnCase("7.3.6", [F.close(1000, [UInt8](repeating: 0x2A, count: 124))], failure: 1002),
            AutobahnCase("7.5.1", [F.close(1000, word + [0xED, 0xA0, 0x80])], failure: 1007),
        ]
        + [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].map {
            AutobahnCase("7.7: \($0)", [F.close($0)], failure: $0)
        }
        + [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65_535].map {
            AutobahnCase("7.9: \($0)", [F.close($0)], failure: 1002)
        }

    private static let long = [UInt8](repeating: 0x2A, count: 256 << 10)
    private static let unmasked: [UInt8] = [0, 0, 0, 0]

    private static func whole(_ first: UInt8, _ bytes: [UInt8], in size: Int? = nil) -> [[UInt8]] {
        guard let size else { return [F.client(first, bytes, mask: unmasked)] }
        return stride(from: 0, to: bytes.count, by: size).map { start in
            let end = min(start + size, bytes.count)
            let opcode: UInt8 = (start == 0 ? first & 0x0F : 0) | (end == bytes.count ? 0x80 : 0)
            return F.client(opcode, Array(bytes[start..<end]), mask: unmasked)
        }
    }

    /// Sections 9 and 10, at the ends and in the middle of their sizes.
    static let sizes = sizes(of: 0x81) + sizes(of: 0x82)

    private static func sizes(of first: UInt8) -> [AutobahnCase] {
        func example(_ name: String, _ count: Int, in part: Int? = nil, chop: Int? = nil) -> AutobahnCase {
            let bytes = [UInt8](repeating: 0x2A, count: count)
            return AutobahnCase(name, whole(first, bytes, in: part), [F.server(first, bytes)], chop: chop)
        }
        var cases = [64 << 10, 1 << 20, 16 << 20].map { example("9.1, 9.2: \($0) bytes", $0) }
        cases += [256, 256 << 10].map { example("9.3, 9.4: 4 MiB in \($0)", 4 << 20, in: $0) }
        cases.append(example("9.3, 9.4: 256 KiB in 64", 256 << 10, in: 64))
        cases.append(example("9.5, 9.6: 1 MiB, chopped", 1 << 20, chop: 2_048))
        cases.append(example("10.1.1", 65_536, in: 1_300))
        cases += [0, 1_024].map { size in
            let bytes = [UInt8](repeating: 0x2A, count: size)
            let sent = [[UInt8]](repeating: F.client(first, bytes, mask: unmasked), count: 1_000)
            let echoed = [[UInt8]](repeating: F.server(first, bytes), count: 1_000)
            return AutobahnCase("9.7, 9.8: 1,000 of \(size)", sent, echoed)
        }
        // Refused by its header.
        let tooLarge: [UInt8] = [first, 0xFF, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0]
        return cases + [AutobahnCase("beyond 16 MiB", [tooLarge], failure: 1009)]
    }
}
