import NIOCore

/// A request before it is signed and sent.
struct S3Request {
    enum Method: String { case GET, HEAD, PUT, POST, DELETE }

    let method: Method
    /// Nil for the bucket.
    var key: BlobKey?
    var query: [(String, String)] = []
    var headers: [(String, String)] = []
    var body = ByteBuffer()
    /// The ETag that the reply must have, where it has one that tells of the bytes.
    var tag: String?
    /// Whether doing it twice is as good as once; only such a request is tried again after its connection was lost.
    var isIdempotent = true
}

/// What came back, with a status that says it worked.
struct S3Reply {
    let status: Int
    let headers: [String: String]
    let body: ByteBuffer
}
