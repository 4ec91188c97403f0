import TestSupport
import Testing

@testable import Starling

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Data directory")
struct DataDirectoryTests {
    @Test("a lock that is let go is free, though a program that is being started has a copy of its descriptor")
    func letGo() throws {
        let folder = try TemporaryFolder()
        let directory = try DataDirectory(folder.path)
        var lock: DataDirectoryLock? = try directory.lock()
        let copy = dup(try #require(lock).descriptor)
        defer { close(copy) }
        #expect(throws: DataDirectory.InUse.self) { try directory.lock() }
        lock = nil
        withExtendedLifetime(try directory.lock()) {}
    }
}
