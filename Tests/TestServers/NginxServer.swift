import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// nginx with a configuration that is deployed, on a free port of this machine. It ends with this process at the latest.
package final class NginxServer: Sendable {
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    package let port: Int
    private let folder: TemporaryFolder
    private let process: GuardedProcess

    /// - Parameters:
    ///   - configuration: a file in which `${NAME}` stands for a value.
    ///   - values: such as `["STARLING_MEDIA_ORIGIN": "http://…"]`; the address to listen at and a folder are added.
    package init(_ configuration: String, _ values: [String: String]) throws {
        folder = try TemporaryFolder()
        port = try LoopbackPort.free()
        var text = CommandOutput.contents(of: configuration)
        let own = ["STARLING_CACHE_LISTEN": "127.0.0.1:\(port)", "STARLING_CACHE_DIR": folder.path]
        for (name, value) in values.merging(own, uniquingKeysWith: { _, own in own }) {
            text = text.split(separator: "${\(name)}", omittingEmptySubsequences: false).joined(separator: value)
        }
        let file = folder.file("nginx.conf")
        guard let output = fopen(file, "w") else { throw Unusable(description: "\(file) cannot be written") }
        fputs(text, output)
        fclose(output)
        // Its workers are others' than the folder's owner where root starts it.
        let user = getuid() == 0 ? ["-g", "user root;"] : []
        process = try GuardedProcess(
            "nginx", ["-e", "stderr", "-c", file] + user, log: folder.file("nginx.log"), package: "nginx-light")
    }

    /// What it says of itself.
    package var log: String { CommandOutput.contents(of: folder.file("nginx.log")) }

    package func stop() { process.end() }
}
