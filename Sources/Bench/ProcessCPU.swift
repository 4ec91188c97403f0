import Foundation

/// CPU time a process has used since it started, user and system together, from `/proc` (Linux only).
enum ProcessCPU {
    /// - Returns: seconds, at the kernel's clock tick (10 ms as a rule).
    /// - Throws: `BenchError` when the process cannot be read.
    static func seconds(pid: Int) throws -> Double {
        let path = "/proc/\(pid)/stat"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BenchError("cannot read \(path): is \(pid) the server's process id?")
        }
        // The second field, the command in brackets, may hold anything; `utime` and `stime` are fields 14 and 15.
        let stat = String(decoding: data, as: UTF8.self)
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw BenchError("cannot make sense of \(path)")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}

extension ProcessCPU {
    /// The same for this process, where `/proc` exists.
    static func ownSeconds() throws -> Double? {
        #if os(Linux)
            try seconds(pid: Int(ProcessInfo.processInfo.processIdentifier))
        #else
            nil
        #endif
    }
}
