import TestSupport

/// Prometheus text, format 0.0.4, read strictly.
struct Exposition {
    struct Malformed: Error {
        let line: String
    }

    /// Kinds by family.
    private(set) var kinds: [String: String] = [:]
    /// Values by name and labels, as they stand in the text.
    private(set) var samples: [String: Double] = [:]

    /// - Throws: `Malformed` for a line that is none, a sample without a family, or one that comes twice.
    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Malformed(line: "the last line has no end") }
        for line in text.split(separator: "\n") {
            if let kind = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|summary|histogram)/) {
                guard kinds.updateValue(String(kind.2), forKey: String(kind.1)) == nil else {
                    throw Malformed(line: String(line))
                }
            } else if !line.hasPrefix("# HELP ") {
                try addSample(line)
            }
        }
    }

    private mutating func addSample(_ line: Substring) throws {
        let pattern = /([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (NaN|[+-]Inf|[-+.e\d]+)/
        guard let sample = line.wholeMatch(of: pattern), let value = Double(sample.3),
            kinds[Self.family(of: String(sample.1))] != nil || kinds[String(sample.1)] != nil,
            samples.updateValue(value, forKey: String(sample.1) + (sample.2 ?? "")) == nil
        else { throw Malformed(line: String(line)) }
    }

    private static func family(of name: String) -> String {
        for suffix in ["_sum", "_count"] where name.hasSuffix(suffix) { return String(name.dropLast(suffix.count)) }
        return name
    }
}
