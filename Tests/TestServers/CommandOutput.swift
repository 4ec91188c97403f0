import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What small programs print.
enum CommandOutput {
    /// Runs a program to its end.
    /// - Returns: both its outputs.
    static func of(_ arguments: [String], in folder: TemporaryFolder) throws -> String {
        let file = folder.file("output-\(UInt64.random(in: 0 ... .max))")
        defer { unlink(file) }
        _ = try Command.run(arguments, output: file)
        return contents(of: file)
    }

    /// Of a file; nothing if there is none.
    static func contents(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return String(decoding: text, as: UTF8.self) }
            text += chunk.prefix(count)
        }
    }
}
