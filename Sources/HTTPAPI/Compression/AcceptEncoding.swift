import HTTPTypes

/// What an `Accept-Encoding` header asks for: RFC 9110, 12.5.3.
struct AcceptEncoding {
    /// Whether the client takes gzip, and would not rather have the plain bytes.
    let allowsGzip: Bool

    /// What does not follow the grammar is as if it were not there.
    init(_ fields: HTTPFields) {
        var weights: [String: Int] = [:]
        for element in fields[values: .acceptEncoding].flatMap({ $0.split(separator: ",") }) {
            guard let (coding, weight) = Self.parse(element) else { continue }
            // Named twice, the lower weight holds: plain bytes are never wrong.
            weights[coding] = min(weight, weights[coding] ?? weight)
        }
        let gzip = weights["gzip"] ?? weights["x-gzip"] ?? weights["*"] ?? 0
        allowsGzip = gzip > 0 && gzip >= weights["identity"] ?? 0
    }

    /// `coding [OWS ";" OWS "q=" qvalue]`, the weight in thousandths.
    private static func parse(_ element: Substring) -> (coding: String, weight: Int)? {
        let parts = element.split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
        guard let coding = parts.first, !coding.isEmpty, parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return (coding.lowercased(), 1_000) }
        guard parts[1].lowercased().hasPrefix("q="), let weight = weight(parts[1].dropFirst(2)) else { return nil }
        return (coding.lowercased(), weight)
    }

    /// `0` or `1`, with up to three decimals, which for `1` are zeros.
    private static func weight(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        guard parts[0] == "0" || parts[0] == "1", decimals.utf8.count <= 3,
            decimals.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let thousandths = Int(parts[0] + decimals + String(repeating: "0", count: 3 - decimals.utf8.count))
        else { return nil }
        return thousandths <= 1_000 ? thousandths : nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
