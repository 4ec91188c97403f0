import Core
import Crypto
import NIOCore
import Testing

@testable import BlobStore

/// What every store of blobs does.
@Suite struct BlobStoreContractTests {
    @Test("what was put is got back", arguments: Driver.allCases)
    func roundTrip(driver: Driver) async throws {
        try await driver.with { store in
            let key = try BlobKey("images/ab/photo-1.jpg")
            let put = try await store.put(key, BlobBody("hello"), contentType: "image/jpeg; q=\"a b\"")
            let content = try await store.get(key)
            #expect(try await content.text() == "hello")
            #expect(content.info == put)
            #expect(content.info.contentType == "image/jpeg; q=\"a b\"")
            #expect(content.info.sha256 == Array(SHA256.hash(data: Array("hello".utf8))))
            #expect(try await store.head(key) == put)
        }
    }

    @Test("a body of unknown length, of chunks, of nothing", arguments: Driver.allCases)
    func streams(driver: Driver) async throws {
        try await driver.with { store in
            for (name, chunks) in [("none", []), ("empty", ["", ""]), ("three", ["a", "", "bc", "d"])] {
                let key = try BlobKey(name)
                let info = try await store.put(key, BlobBody(chunks: chunks), contentType: "text/plain")
                #expect(info.length == chunks.joined().utf8.count)
                #expect(try await store.get(key).text() == chunks.joined())
            }
        }
    }

    @Test("a large body, whole and in ranges over the seams of its parts", arguments: Driver.allCases)
    func large(driver: Driver) async throws {
        try await driver.with { store in
            let key = try BlobKey("large")
            let length = 2 * Limits.blobPartBytesMin + 12_345
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 12) }
            let sha256 = Array(SHA256.hash(data: bytes))
            let pieces = AsyncStream<[UInt8]> { continuation in
                for start in stride(from: 0, to: length, by: 700_000) {
                    continuation.yield(Array(bytes[start..<min(start + 700_000, length)]))
                }
                continuation.finish()
            }
            let body = BlobBody(BlobStream(pieces), sha256: sha256)
            #expect(try await store.put(key, body, contentType: "video/mp4").sha256 == sha256)
            let content = try await store.get(key)
            #expect(content.info == BlobInfo(length: Int64(length), contentType: "video/mp4", sha256: sha256))
            #expect(try await content.chunks.collect(max: length) == ByteBuffer(bytes: bytes))
            let seam = Int64(Limits.blobPartBytesMin)
            let part = try await store.get(key, range: seam - 3..<seam + 3)
            #expect(
                try await Array(part.chunks.collect(max: 6).readableBytesView)
                    == Array(bytes[Int(seam) - 3..<Int(seam) + 3]))
        }
    }

    @Test(
        "a range is cut to what is there",
        arguments: Driver.allCases,
        [(0..<3, "abc"), (2..<3, "c"), (3..<100, "def"), (5..<Int64.max, "f"), (0..<6, "abcdef")])
    func ranges(driver: Driver, example: (Range<Int64>, String)) async throws {
        try await driver.with { store in
            let key = try BlobKey("letters")
            try await store.put(key, BlobBody("abcdef"), contentType: "text/plain")
            let content = try await store.get(key, range: example.0)
            #expect(content.range == example.0.clamped(to: 0..<6))
            #expect(content.info.length == 6)
            #expect(try await content.text() == example.1)
        }
    }

    @Test("a range with nothing in it is refused", arguments: Driver.allCases, [6..<9, 3..<3] as [Range<Int64>])
    func emptyRange(driver: Driver, range: Range<Int64>) async throws {
        try await driver.with { store in
            let key = try BlobKey("letters")
            try await store.put(key, BlobBody("abcdef"), contentType: "text/plain")
            #expect(await failure { try await store.get(key, range: range) }?.code == .rangeNotSatisfiable)
        }
    }

    @Test("what is not there is not found, and deleting it is no error", arguments: Driver.allCases)
    func absent(driver: Driver) async throws {
        try await driver.with { store in
            let key = try BlobKey("absent")
            #expect(await failure { try await store.get(key) }?.code == .notFound)
            #expect(await failure { try await store.get(key, range: 0..<1) }?.code == .notFound)
            #expect(await failure { try await store.head(key) }?.code == .notFound)
            try await store.delete(key)
            try await store.put(key, BlobBody("a"), contentType: "text/plain")
            try await store.delete(key)
            try await store.delete(key)
            #expect(await failure { try await store.head(key) }?.code == .notFound)
        }
    }

    @Test("a put over a blob replaces all of it", arguments: Driver.allCases)
    func replace(driver: Driver) async throws {
        try await driver.with { store in
            let key = try BlobKey("one")
            try await store.put(key, BlobBody("a longer first"), contentType: "text/plain")
            try await store.put(key, BlobBody("second"), contentType: "text/html")
            #expect(try await store.get(key).text() == "second")
            #expect(try await store.head(key).contentType == "text/html")
        }
    }

    enum Fault: String, CaseIterable {
        case checksum, tooShort, tooLong, interrupted, tooLarge

        func body(_ filling: String) -> BlobBody {
            let length = Int64(filling.utf8.count) + 3
            return switch self {
            case .checksum: BlobBody(chunks: ["new", filling], sha256: Array(repeating: 7, count: 32))
            case .tooShort: BlobBody(chunks: ["new", filling], length: length + 1)
            case .tooLong: BlobBody(chunks: ["new", filling], length: length - 1)
            case .interrupted: BlobBody(chunks: ["new", filling], then: Interrupted())
            case .tooLarge: BlobBody(chunks: ["new"], length: Driver.lengthMax + 1)
            }
        }

        var code: BlobStoreError.Code? {
            switch self {
            case .checksum: .checksumMismatch
            case .tooShort, .tooLong: .lengthMismatch
            case .interrupted: nil
            case .tooLarge: .tooLarge
            }
        }
    }

    @Test("a body that is not what it was to be changes nothing", arguments: Driver.allCases, Fault.allCases)
    func faults(driver: Driver, fault: Fault) async throws {
        try await driver.with { store in
            let key = try BlobKey("kept")
            try await store.put(key, BlobBody("old"), contentType: "text/plain")
            for filling in ["", String(repeating: "x", count: Limits.blobPartBytesMin + 10)] {
                let body = fault.body(filling)
                var thrown: (any Error)?
                do { try await store.put(key, body, contentType: "text/plain") } catch { thrown = error }
                #expect((thrown as? BlobStoreError)?.code == fault.code)
                #expect((thrown is Interrupted) == (fault == .interrupted))
                #expect(try await store.get(key).text() == "old")
            }
            #expect(try await store.list(.all, after: nil, limit: 10).entries.count == 1)
        }
    }

    @Test("a put that is cancelled changes nothing", arguments: Driver.allCases)
    func cancelled(driver: Driver) async throws {
        try await driver.with { store in
            let key = try BlobKey("kept")
            let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
            let put = Task {
                try await store.put(key, BlobBody(BlobStream(stream)), contentType: "text/plain")
            }
            continuation.yield(Array(repeating: 1, count: Limits.blobPartBytesMin + 1))
            put.cancel()
            await #expect(throws: CancellationError.self) { try await put.value }
            #expect(await failure { try await store.head(key) }?.code == .notFound)
        }
    }

    @Test("paging through a list shows each blob once", arguments: Driver.allCases)
    func lists(driver: Driver) async throws {
        try await driver.with { store in
            let names = (0..<23).map { "some/\($0 % 3)/n\($0)" }
            for name in names + ["other", "some-more"] {
                try await store.put(BlobKey(name), BlobBody(name), contentType: "text/plain")
            }
            var found: [BlobEntry] = []
            var token: String?
            repeat {
                let page = try await store.list(BlobPrefix("some/"), after: token, limit: 5)
                #expect(page.entries.count <= 5)
                found += page.entries
                token = page.next
            } while token != nil
            #expect(found.map(\.key.text).sorted() == names.sorted())
            #expect(found.allSatisfy { $0.length == $0.key.text.utf8.count && $0.storedAt > 1_600_000_000_000 })
            #expect(try await store.list(BlobPrefix("some/1"), after: nil, limit: 100).entries.count == 8)
            #expect(try await store.list(.all, after: nil, limit: 100).entries.count == 25)
            #expect(try await store.list(BlobPrefix("none"), after: nil, limit: 5) == BlobPage(entries: [], next: nil))
            #expect(await failure { try await store.list(.all, after: nil, limit: 1_001) }?.code == .invalidArgument)
        }
    }

    @Test(
        "a header is not to be had through the content type", arguments: Driver.allCases, ["", "a\r\nb: c", "ä", " a"])
    func contentTypes(driver: Driver, contentType: String) async throws {
        try await driver.with { store in
            let refusal = await failure { try await store.put(BlobKey("a"), BlobBody(""), contentType: contentType) }
            #expect(refusal?.code == .invalidArgument)
        }
    }

    @Test("a store that works is ready", arguments: Driver.allCases)
    func readiness(driver: Driver) async throws {
        try await driver.with { try await $0.check() }
    }

    @Test("puts and gets side by side", arguments: Driver.allCases)
    func sideBySide(driver: Driver) async throws {
        try await driver.with { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let key = try BlobKey("n\(number % 7)")
                        try await store.put(key, BlobBody("the same"), contentType: "text/plain")
                        #expect(try await store.get(key).text() == "the same")
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
