import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The folder of a community's data. It has one owner at a time, who holds an exclusive lock.
struct DataDirectory: Sendable {
    struct InUse: Error {}

    let path: String

    var database: String { path + "/starling.sqlite" }
    /// Where the owner takes admin commands; only the owner's user may connect.
    var adminSocket: String { path + "/admin.sock" }

    /// Creates the folder where it is missing, readable by its owner only.
    /// - Throws: `SettingsError` where that cannot be.
    init(_ path: String) throws {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SettingsError("The data directory \(path) cannot be created; choose another with --data-dir.")
        }
        self.path = url.path
    }

    /// Takes the folder for this process, until the lock is released or the process ends.
    /// - Throws: `InUse`, or `SettingsError` where the lock file cannot be written.
    func lock() throws -> DataDirectoryLock {
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SettingsError("The data directory \(path) cannot be written; check its permissions.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw InUse()
        }
        return DataDirectoryLock(descriptor: descriptor)
    }
}

/// Holds the data directory while it lives.
final class DataDirectoryLock: Sendable {
    private let descriptor: Int32

    fileprivate init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
