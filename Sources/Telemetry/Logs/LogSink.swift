#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where log lines go.
package protocol LogSink: Sendable {
    /// - Parameter line: one entry with its newline.
    func write(_ line: [UInt8])
}

/// Standard error, each line by one `write(2)`, so that lines of several threads do not mix.
package struct StandardErrorSink: LogSink {
    package init() {}

    package func write(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Self.write(UnsafeRawBufferPointer(rebasing: rest))
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if count == 0 || errno != EINTR {
                    // Nobody can be told that the log cannot be written.
                    return
                }
            }
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        #endif
    }
}
