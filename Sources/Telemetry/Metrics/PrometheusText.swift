/// Writes the text exposition format 0.0.4, one family after another.
struct PrometheusText {
    /// The value of the `Content-Type` header for this format.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    mutating func family(_ name: String, kind: MetricKind, help: String?) {
        if let help { text += "# HELP \(name) \(MetricSpelling.escapedHelp(help))\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, labels: String = "", integer: UInt64) {
        sample(name, labels: labels, value: String(integer))
    }

    mutating func sample(_ name: String, labels: String = "", number: Double) {
        sample(name, labels: labels, value: Self.spelled(number))
    }

    private mutating func sample(_ name: String, labels: String, value: String) {
        text += name
        if !labels.isEmpty { text += "{\(labels)}" }
        text += " \(value)\n"
    }

    private static func spelled(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        return number.description
    }
}
