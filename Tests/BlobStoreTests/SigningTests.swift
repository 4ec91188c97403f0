import Testing

@testable import BlobStore

/// The vectors that Amazon publishes: those of `aws-sig-v4-test-suite`, and the examples of
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and `sigv4-query-string-auth.html`.
@Suite struct SigningTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        var name: String
        var method = "GET"
        var path = "/"
        var query: [(String, String)] = []
        var headers: [(String, String)] = []
        var payloadHash = Vector.emptyHash
        let signature: String

        static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        var testDescription: String { name }
    }

    static let suite = [
        Vector(name: "get-vanilla", signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        Vector(
            name: "get-vanilla-query-order-key-case", query: [("Param2", "value2"), ("Param1", "value1")],
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        Vector(
            name: "get-vanilla-query-unreserved",
            query: [
                (
                    "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                    "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                )
            ], signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
        Vector(
            name: "get-unreserved", path: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
        Vector(
            name: "get-utf8", path: "/%E1%88%B4",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
        Vector(
            name: "get-header-value-trim", headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
        Vector(
            name: "get-header-key-duplicate",
            headers: [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
            signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
        Vector(
            name: "post-vanilla", method: "POST",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        Vector(
            name: "post-header-key-case", method: "POST", headers: [("My-Header1", "VALUE1")],
            signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
        Vector(
            name: "post-x-www-form-urlencoded", method: "POST",
            headers: [("Content-Type", "application/x-www-form-urlencoded")],
            payloadHash: "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ]

    @Test("a request of the test suite has its signature", arguments: suite)
    func testSuite(vector: Vector) {
        let credentials = S3Credentials(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        let signer = S3Signer(credentials: credentials, region: "us-east-1", service: "service")
        let headers = signer.headers(
            method: vector.method, path: vector.path, query: vector.query,
            headers: vector.headers + [("Host", "example.amazonaws.com")], payloadHash: vector.payloadHash,
            at: 1_440_938_160_000)
        #expect(headers.last?.1.hasSuffix("Signature=\(vector.signature)") ?? false)
    }

    static let s3Examples = [
        Vector(
            name: "GET object", path: "/test.txt", headers: [("Range", "bytes=0-9")],
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Vector(
            name: "PUT object", method: "PUT", path: "/test%24file.text",
            headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            payloadHash: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Vector(
            name: "GET bucket lifecycle", query: [("lifecycle", "")],
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Vector(
            name: "GET bucket", query: [("max-keys", "2"), ("prefix", "J")],
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    private let s3 = S3Signer(
        credentials: S3Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1")

    @Test("a request of S3's examples has its signature", arguments: s3Examples)
    func s3Example(vector: Vector) {
        let headers = s3.headers(
            method: vector.method, path: vector.path, query: vector.query,
            headers: vector.headers + [("Host", "examplebucket.s3.amazonaws.com")], payloadHash: vector.payloadHash,
            at: 1_369_353_600_000)
        #expect(headers.last?.1.hasSuffix("Signature=\(vector.signature)") ?? false)
    }

    @Test("a presigned request of S3's examples has its signature")
    func presigned() {
        let query = s3.presignedQuery(
            method: "GET", path: "/test.txt", headers: [("host", "examplebucket.s3.amazonaws.com")],
            expiresSeconds: 86_400, at: 1_369_353_600_000)
        #expect(
            query == "X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    /// The expected query was made once with botocore's `S3SigV4QueryAuth`.
    @Test("a presigned upload with signed headers and a session's token is signed as Amazon's own client does")
    func presignedUpload() throws {
        let credentials = S3Credentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            sessionToken: "to/ken=")
        let location = try S3Location("s3://examplebucket")
        let query = S3Signer(credentials: credentials, region: location.region).presignedQuery(
            method: "PUT", path: location.path(try BlobKey("a/b.jpg")),
            headers: [
                ("Content-Type", "image/jpeg"), ("content-length", "3"), ("Host", "examplebucket.s3.amazonaws.com"),
            ], expiresSeconds: 60, at: 1_369_353_600_000)
        #expect(query.hasSuffix("=7ade4472bcb3bcaf50ab9ad2f9900ae4bbdda367ee9f24121e3d8f3a6dd4e633"))
    }

    @Test("a session's token is sent and signed, and nothing secret is printed")
    func session() {
        let credentials = S3Credentials(accessKeyID: "id", secretAccessKey: "hush", sessionToken: "token")
        let signer = S3Signer(credentials: credentials, region: "us-east-1")
        let headers = signer.headers(method: "GET", path: "/", query: [], headers: [], payloadHash: "", at: 0)
        #expect(headers.contains { $0.0 == "x-amz-security-token" && $0.1 == "token" })
        #expect(headers.last?.1.contains("x-amz-security-token") ?? false)
        #expect(!"\(credentials) \(String(reflecting: credentials))".contains("hush"))
    }
}
