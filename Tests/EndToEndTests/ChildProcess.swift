import Foundation
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A running `starling`, its output going to files, which never fill up and can be read while it runs.
final class ChildProcess: Sendable {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    private let process = Process()
    private let folder: TemporaryFolder
    private let name: String

    /// - Parameter environment: added to this process's, without its `STARLING_` variables.
    init(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws {
        folder = try TemporaryFolder()
        name = arguments.prefix(2).joined(separator: " ")
        process.executableURL = try StarlingBinary.url()
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("STARLING_") }
            .merging(environment) { $1 }
        process.standardInput =
            if let input { try FileHandle(forReadingFrom: URL(fileURLWithPath: folder.file("in", input))) } else {
                FileHandle.nullDevice
            }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("out", "")))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("err", "")))
        try process.run()
    }

    deinit {
        if process.isRunning { process.signal(SIGKILL) }
    }

    var id: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var output: String { text("out") }
    var errors: String { text("err") }

    func signal(_ number: Int32) {
        process.signal(number)
    }

    /// Waits for the end.
    /// - Returns: the exit code, or the negated number of the signal that ended it.
    /// - Throws: `TimedOut`, after ending the process.
    @discardableResult
    func exit(within limit: Duration = .seconds(60)) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while process.isRunning {
            guard ContinuousClock.now < deadline else {
                signal(SIGKILL)
                throw TimedOut(description: "`starling \(name)` did not end within \(limit): \(errors)")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    private func text(_ file: String) -> String {
        String(decoding: FileManager.default.contents(atPath: folder.file(file)) ?? Data(), as: UTF8.self)
    }
}

extension Process {
    fileprivate func signal(_ number: Int32) {
        if isRunning { kill(processIdentifier, number) }
    }
}
