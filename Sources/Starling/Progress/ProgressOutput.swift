import Telemetry

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where progress is shown.
struct ProgressOutput: Sendable {
    /// Whether a line can be drawn over.
    let isTerminal: Bool
    let columns: @Sendable () -> Int
    let write: @Sendable (String) -> Void

    static let standardError = ProgressOutput(
        isTerminal: isatty(STDERR_FILENO) == 1,
        columns: {
            var size = winsize()
            guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
            return Int(size.ws_col)
        },
        write: { StandardErrorSink().write(Array($0.utf8)) })
}
