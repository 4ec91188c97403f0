import NIOCore
import Testing

@testable import BlobStore

@Suite struct BlobStreamTests {
    @Test(
        "bytes that are too few or too many are an error at the end",
        arguments: [(2, BlobStoreError.Code.malformedReply), (3, nil), (4, .cutTransfer)]
            as [(Int64, BlobStoreError.Code?)])
    func length(expected: Int64, code: BlobStoreError.Code?) async {
        let stream = BlobBody(chunks: ["a", "bc"]).chunks.checked(length: expected, sha256: nil)
        #expect(await failure { try await stream.collect(max: 10) }?.code == code)
    }

    @Test("no more is collected than the bound")
    func bound() async {
        let stream = BlobBody(chunks: ["ab", "c"]).chunks
        #expect(await failure { try await stream.collect(max: 2) }?.code == .tooLarge)
    }
}
