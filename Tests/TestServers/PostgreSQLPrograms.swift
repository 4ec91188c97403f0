import Foundation
import Synchronization
import TestSupport

/// PostgreSQL's programs on this machine, and how they are run: never as root, which the server refuses.
struct PostgreSQLPrograms: Sendable {
    private let folder: String
    private let isRoot = getuid() == 0
    private static let template = Mutex<String?>(nil)

    /// - Throws: with the line that installs them, where they are missing.
    static func found() throws -> PostgreSQLPrograms {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap(Int.init).max()
        let places = newest.map { ["\(root)/\($0)/bin"] } ?? []
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        for place in places + path.split(separator: ":").map(String.init)
        where FileManager.default.isExecutableFile(atPath: place + "/initdb") {
            return PostgreSQLPrograms(folder: place)
        }
        throw PostgreSQLServer.Failure(description: "PostgreSQL is missing: apt-get install -y postgresql-15")
    }

    /// A data folder for a new server; made once, then copied.
    func newData(in folder: TemporaryFolder) throws -> String {
        let original = try Self.template.withLock { template in
            if let template { return template }
            let made = try newFolder(in: try TemporaryFolder())
            _ = try output(
                "initdb",
                ["-D", made, "-U", "starling", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], asServer: true)
            template = made
            return made
        }
        let copy = folder.file("data")
        // The server runs as another user, who has to get in whatever this process's umask is.
        _ = try Command.run(["chmod", "711", folder.path])
        guard try Command.run(["cp", "-a", original, copy]) == 0 else {
            throw PostgreSQLServer.Failure(description: "the data folder cannot be copied")
        }
        return copy
    }

    /// An empty folder that the server's user owns.
    func newFolder(in folder: TemporaryFolder) throws -> String {
        _ = try Command.run(["chmod", "711", folder.path])
        let path = try folder.folder("data")
        if isRoot { _ = try Command.run(["chown", "postgres:postgres", path]) }
        _ = try Command.run(["chmod", "700", path])
        return path
    }

    /// The settings of a server that speaks TLS, and its certificate's file, which clients trust.
    func security(in folder: TemporaryFolder) throws -> (settings: [String], certificate: String) {
        let certificate = try ServerCertificate("postgresql", in: folder)
        _ = try Command.run(["chmod", "711", folder.path])
        _ = try Command.run(["chmod", "600", certificate.key])
        if isRoot { _ = try Command.run(["chown", "postgres:postgres", certificate.key, certificate.path]) }
        let settings = ["ssl=on", "ssl_cert_file=\(certificate.path)", "ssl_key_file=\(certificate.key)"]
        return (settings, certificate.path)
    }

    func asServer(_ arguments: [String]) -> [String] { user + [folder + "/postgres"] + arguments }

    /// Unlike `runuser`, this leaves no process of its own in between.
    private var user: [String] {
        isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] : []
    }

    func run(_ program: String, _ arguments: [String]) -> Int32 {
        (try? Command.run([folder + "/" + program] + arguments)) ?? -1
    }

    /// - Throws: with what the program printed, where it failed.
    func output(_ program: String, _ arguments: [String], asServer: Bool = false) throws -> String {
        let file = try TemporaryFolder().file("output")
        let code = try Command.run((asServer ? user : []) + [folder + "/" + program] + arguments, output: file)
        let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        guard code == 0 else { throw PostgreSQLServer.Failure(description: "\(program): \(text)") }
        return text
    }
}
