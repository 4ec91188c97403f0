import Core
import Foundation
import NIOCore
import TestServers
import TestSupport
import Testing

@testable import BlobStore

/// The implementations that the contract is for.
enum Driver: String, CaseIterable, CustomTestStringConvertible {
    case folder, s3

    var testDescription: String { rawValue }

    /// A store of its own for a test, closed after it.
    func with(_ body: (any BlobStore) async throws -> Void) async throws {
        let store: any BlobStore
        switch self {
        case .folder: store = try FolderBlobStore(path: TemporaryFolder().file("media"), lengthMax: Self.lengthMax)
        case .s3: store = try await Self.moto()
        }
        do { try await body(store) } catch {
            try await store.close()
            throw error
        }
        try await store.close()
    }

    static let lengthMax: Int64 = 64 << 20

    private static func moto() async throws -> S3BlobStore {
        let bucket = "test-" + UUID().uuidString.lowercased()
        let endpoint = try await MotoServer.shared().endpoint
        let location = try S3Location("s3://\(bucket)/a/place?endpoint=\(endpoint)")
        var policy = S3Policy()
        policy.lengthMax = lengthMax
        policy.partBytes = Limits.blobPartBytesMin
        // Moto is slow, and slower on a busy machine.
        policy.checkDeadline = .seconds(60)
        policy.requestDeadline = .seconds(60)
        let store = S3BlobStore(location: location, credentials: .test, policy: policy)
        _ = try await store.transport.send(S3Request(method: .PUT))
        return store
    }
}

extension S3Credentials {
    static let test = S3Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: nil)
}

extension BlobBody {
    init(_ text: String) { self.init(ByteBuffer(string: text)) }

    /// Chunks whose number and length nobody knows, then perhaps an error.
    init(chunks: [String], length: Int64? = nil, sha256: [UInt8]? = nil, then error: (any Error)? = nil) {
        let stream = AsyncThrowingStream<[UInt8], any Error> { continuation in
            for chunk in chunks { continuation.yield(Array(chunk.utf8)) }
            continuation.finish(throwing: error)
        }
        self.init(BlobStream(stream), length: length, sha256: sha256)
    }
}

extension BlobContent {
    func text() async throws -> String { String(buffer: try await chunks.collect(max: 64 << 20)) }
}

/// What `body` failed with.
func failure(_ body: () async throws -> some Any) async -> BlobStoreError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? BlobStoreError
    }
}

struct Interrupted: Error {}
