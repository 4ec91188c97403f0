import Foundation
import TestSupport

/// A program of the system.
enum Tool {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Outcome: Sendable {
        let status: Int32
        let bytes: [UInt8]
        let errors: String

        var output: String { String(decoding: bytes, as: UTF8.self) }
    }

    static func run(_ name: String, _ arguments: [String], within limit: Duration = .seconds(20)) async throws
        -> Outcome
    {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("out", "")))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("err", "")))
        try process.run()
        let deadline = ContinuousClock.now + limit
        while process.isRunning {
            guard ContinuousClock.now < deadline else {
                process.terminate()
                throw Failure(description: "`\(name)` did not end within \(limit)")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        func bytes(_ file: String) -> [UInt8] {
            Array(FileManager.default.contents(atPath: folder.file(file)) ?? Data())
        }
        return Outcome(
            status: process.terminationStatus, bytes: bytes("out"),
            errors: String(decoding: bytes("err"), as: UTF8.self))
    }
}
