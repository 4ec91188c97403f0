import CZlib
import Core
import HTTPTypes
import Testing

@testable import HTTPAPI

@Suite("Compression") struct CompressionTests {
    private static let gzip: HTTPFields = [.acceptEncoding: "gzip"]

    @Test("what was compressed is what it was", arguments: [0, 1, 1_023, 1_024, 65_536, 1_000_000])
    func roundTrip(count: Int) throws {
        var state: UInt32 = 1
        let bytes = (0..<count).map { _ -> UInt8 in
            state = state &* 1_664_525 &+ 1_013_904_223
            // Half of it repeats, half does not.
            return state >> 31 == 0 ? 0x61 : UInt8(truncatingIfNeeded: state >> 16)
        }
        #expect(try inflated(#require(Gzip.compressed(bytes)), count: count) == bytes)
    }

    @Test("answers of a kibibyte and more are compressed for clients that ask")
    func bound() {
        for (count, isCompressed) in [(1_023, false), (1_024, true)] {
            var headers: HTTPFields = [:]
            let body = answer(count).encodedBody(for: Self.gzip, &headers)
            #expect((headers[.contentEncoding] == "gzip") == isCompressed)
            #expect((body.count < count) == isCompressed)
            #expect(headers[.vary] == "Accept-Encoding")
        }
    }

    @Test("for other clients they are plain, and still say that they vary")
    func plain() {
        var headers: HTTPFields = [:]
        #expect(answer(5_000).encodedBody(for: [:], &headers).count == 5_000)
        #expect(headers == [.vary: "Accept-Encoding"])
    }

    @Test("what gzip would make longer is sent as it is")
    func incompressible() {
        var generator = SystemRandomNumberGenerator()
        let noise = (0..<2_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var answer = APIResponse(body: noise)
        answer.isCompressible = true
        var headers: HTTPFields = [:]
        #expect(answer.encodedBody(for: Self.gzip, &headers) == noise)
        #expect(headers[.contentEncoding] == nil)
    }

    @Test("answers that hold secrets are never compressed, those of the front desk only when everything is")
    func policy() async throws {
        try await TestServer.run { server in
            for endpoint in server.api.routes.endpoints {
                let holdsSecrets = ["Session", "Me"].contains(endpoint.operation.answer.schema)
                let name = endpoint.operation.id
                let schema = endpoint.operation.answer.schema
                #expect(!Compression.off.covers(endpoint), "\(name)")
                #expect(Compression.all.covers(endpoint) == (!holdsSecrets && schema != nil && schema != "EventStream"))
                #expect(Compression.on.covers(endpoint) == (Compression.all.covers(endpoint) && endpoint.warm == nil))
            }
            let never = ["register", "login", "refresh", "getMe", "updateMe", "updateUser"]
            let named = server.api.routes.endpoints.filter { never.contains($0.operation.id) }
            #expect(named.count == never.count && !named.contains(where: Compression.all.covers))
        }
    }

    @Test("refusals are not compressed")
    func problems() async throws {
        try await TestServer.run { server in
            #expect(await server.get("/openapi.json").isCompressible)
            #expect(await !server.get("/v1/users/by-username/nobody").isCompressible)
            #expect(await !server.get("/nowhere").isCompressible)
        }
    }

    private func answer(_ count: Int) -> APIResponse {
        var answer = APIResponse.json([UInt8](repeating: 0x61, count: count))
        answer.isCompressible = true
        return answer
    }

    private func inflated(_ bytes: [UInt8], count: Int) throws -> [UInt8] {
        var stream = z_stream()
        var input = bytes
        var output = [UInt8](repeating: 0, count: count + 1)
        let outputCount = UInt32(output.count)
        try input.withUnsafeMutableBufferPointer { input in
            try output.withUnsafeMutableBufferPointer { output in
                try withUnsafeMutablePointer(to: &stream) { stream in
                    try #require(
                        inflateInit2_(stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
                    stream.pointee.next_in = input.baseAddress
                    stream.pointee.avail_in = UInt32(input.count)
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = outputCount
                    try #require(inflate(stream, Z_FINISH) == Z_STREAM_END)
                    inflateEnd(stream)
                }
            }
        }
        return Array(output[..<(output.count - Int(stream.avail_out))])
    }
}
