import Core
import Foundation
import Testing
import TestSupport

@testable import BlobStore

@Suite struct FolderBlobStoreTests {
    private let path: String
    private let store: FolderBlobStore
    private let key: BlobKey

    init() throws {
        path = try TemporaryFolder().file("media")
        store = try FolderBlobStore(path: path)
        key = try BlobKey("a/b.txt")
    }

    private var file: String { "\(path)/\(BlobFolder.shard(key))/a+b.txt" }

    @Test("a link is not followed, neither a file's nor a folder's")
    func links() async throws {
        try await store.put(key, BlobBody("secret"), contentType: "text/plain")
        try FileManager.default.moveItem(atPath: file, toPath: path + ".file")
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: path + ".file")
        #expect(await failure { try await store.get(key) } != nil)
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: path + ".file", toPath: file)
        let shard = "\(path)/\(BlobFolder.shard(key))"
        try FileManager.default.moveItem(atPath: shard, toPath: path + ".shard")
        try FileManager.default.createSymbolicLink(atPath: shard, withDestinationPath: path + ".shard")
        #expect(await failure { try await store.get(key) } != nil)
        #expect(await failure { try await store.put(key, BlobBody("a"), contentType: "text/plain") } != nil)
    }

    @Test("a file that lost its end is no blob")
    func cut() async throws {
        try await store.put(key, BlobBody("some text"), contentType: "text/plain")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        for length in [bytes.count - 1, 100, 0] {
            try bytes.prefix(length).write(to: URL(fileURLWithPath: file))
            #expect(await failure { try await store.get(key) }?.code == .cutTransfer)
        }
    }

    @Test("a bit that changed on the disk is noticed")
    func changed() async throws {
        try await store.put(key, BlobBody("some text"), contentType: "text/plain")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[bytes.startIndex] ^= 1
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect(await failure { try await store.get(key).text() }?.code == .checksumMismatch)
    }

    @Test("what a process that died was writing is not seen, and goes a day later")
    func leftovers() async throws {
        let left = "\(path)/.new/left"
        try Data("half".utf8).write(to: URL(fileURLWithPath: left))
        #expect(try await store.list(.all, after: nil, limit: 10).entries.isEmpty)
        _ = try FolderBlobStore(path: path)
        #expect(FileManager.default.fileExists(atPath: left))
        let tomorrow = WallClock { WallClock.system.now() + 86_400_000 + 1_000 }
        _ = try FolderBlobStore(path: path, clock: tomorrow)
        #expect(!FileManager.default.fileExists(atPath: left))
    }

    @Test("a put that fails leaves no file")
    func noTrace() async throws {
        await #expect(throws: Interrupted.self) {
            try await store.put(key, BlobBody(chunks: ["a"], then: Interrupted()), contentType: "text/plain")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/.new").isEmpty)
    }

    @Test("there is nothing to presign, and a token is not made up")
    func refusals() async throws {
        #expect(try store.presignedGet(key, expires: .seconds(60)) == nil)
        #expect(try store.presignedPut(key, contentType: "a/b", length: 1, expires: .seconds(60)) == nil)
        for token in ["", "000", "000../../x", "zzza"] {
            #expect(await failure { try await store.list(.all, after: token, limit: 1) }?.code == .invalidArgument)
        }
    }
}
