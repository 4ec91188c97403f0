/// The spelling rules of the Prometheus text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
enum MetricSpelling {
    /// Metric names match `[a-zA-Z_:][a-zA-Z0-9_:]*`; anything else becomes `_`.
    static func name(_ label: String) -> String {
        spelled(label) { isWordCharacter($0) || $0 == UInt8(ascii: ":") }
    }

    /// Label names match `[a-zA-Z_][a-zA-Z0-9_]*`; anything else becomes `_`.
    static func label(_ name: String) -> String {
        spelled(name, isAllowed: isWordCharacter)
    }

    static func escapedLabelValue(_ value: String) -> String {
        escaped(value, quotes: true)
    }

    static func escapedHelp(_ help: String) -> String {
        escaped(help, quotes: false)
    }

    /// A name ending in `suffix`, whether or not the caller wrote it.
    static func name(_ label: String, suffix: String) -> String {
        let name = name(label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    private static func spelled(_ text: String, isAllowed: (UInt8) -> Bool) -> String {
        let underscore = UInt8(ascii: "_")
        var bytes = text.utf8.map { isAllowed($0) ? $0 : underscore }
        if bytes.first.map(isDigit) ?? true { bytes.insert(underscore, at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isWordCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: isDigit(byte)
        }
    }
}
