/// How log entries are written.
package enum LogFormat: String, CaseIterable, Sendable {
    /// `time=… level=info msg="…" key=value`
    case logfmt
    /// One JSON object per line.
    case json
}
