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

    private static let databaseName = "starling.sqlite"
    var database: String { path + "/" + Self.databaseName }
    /// Large files, such as archives, where no other store is set for them.
    var media: String { path + "/media" }
    /// Where the owner takes admin commands; only the owner's user may connect.
    var adminSocket: String { path + "/admin.sock" }

    /// What a socket's address has room for on Darwin; on Linux it is four bytes more.
    private static let socketPathBytesMax = 103

    /// Creates the folder where it is missing. What this process writes from now on is for its owner only.
    /// - Throws: `SettingsError` where that cannot be.
    init(_ path: String) throws {
        guard !path.isEmpty else {
            throw SettingsError("The data directory has no name; give one with --data-dir.")
        }
        umask(0o077)
        let url = URL(fileURLWithPath: path).standardizedFileURL
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw SettingsError("The data directory \(path) cannot be created; choose another with --data-dir.")
        }
        self.path = url.path
        guard adminSocket.utf8.count <= Self.socketPathBytesMax else {
            throw SettingsError(
                "The path \(self.path) is too long for the socket in it; choose a shorter one with --data-dir.")
        }
    }

    /// A folder that may not be there, and is left so.
    init(unmade path: String) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// Whether there is a community in a folder, which is not touched.
    static func holdsStore(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/" + databaseName)
    }

    /// Removes a store in which there is nothing, and the folder with it where that holds nothing else.
    /// - Parameter withFolder: whether the folder is to go, too.
    func removeStore(withFolder: Bool) throws {
        let files = [database, database + "-wal", database + "-shm"] + (withFolder ? [path + "/lock"] : [])
        for file in files where FileManager.default.fileExists(atPath: file) {
            try FileManager.default.removeItem(atPath: file)
        }
        // Of folders only empty ones go, whoever put something there.
        rmdir(media)
        if withFolder { rmdir(path) }
    }

    /// Takes the folder as soon as its owner lets go, or gives up after `patience`: a process that was killed may hold it a
    /// moment longer.
    func lock(patience: Duration) async throws -> DataDirectoryLock {
        let giveUp = ContinuousClock.now + patience
        while true {
            do { return try lock() } catch is InUse where ContinuousClock.now < giveUp {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
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
    let descriptor: Int32

    fileprivate init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Lets go by itself: closing would not while a program that is being started still has a copy of the descriptor.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
