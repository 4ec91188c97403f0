import Core

extension Limits {
    /// A file's name may have 255 bytes on every file system that matters.
    package static let blobKeyBytesMax = 200
    package static let blobContentTypeBytesMax = 127
    package static let blobBytesMax: Int64 = 20 << 30
    package static let blobPageMax = 1_000
    package static let blobPresignedLifetimeMax: Duration = .seconds(7 * 86_400)
    /// Bytes read from a file at a time.
    package static let blobChunkBytes = 256 * 1024
    /// Files being read and written at a time; as many slow clients may hold one each.
    package static let blobFilesInFlightMax = 1_024
    /// A file still being written after this long was left by a process that died.
    package static let blobTemporaryFileAgeMax: Duration = .seconds(86_400)

    // S3
    /// Bytes of a part of a multipart upload, at least 5 MiB by S3's rule; a smaller body goes in one request.
    package static let blobPartBytes = 8 << 20
    package static let blobPartBytesMin = 5 << 20
    /// S3's bound on the number of parts.
    package static let blobPartsMax = 10_000
    /// Parts of one upload on their way at a time.
    package static let blobPartsInFlightMax = 3
    /// Multipart uploads at a time; each holds up to `blobPartsInFlightMax + 1` parts in memory.
    package static let blobUploadsInFlightMax = 16
    package static let blobRequestsInFlightMax = 64
    /// Blobs being read at a time; as many slow clients may hold one each, apart from the other requests.
    package static let blobStreamsInFlightMax = 512
    /// Calls that wait for a file, an upload, a request or a stream; past it they are refused.
    package static let blobWaitersMax = 1_024
    /// How long they wait.
    package static let blobWaitMax: Duration = .seconds(10)
    package static let blobCheckDeadline: Duration = .seconds(3)
    package static let blobAttemptsMax = 4
    package static let blobBackoffBase: Duration = .milliseconds(100)
    package static let blobBackoffMax: Duration = .seconds(2)
    package static let blobConnectDeadline: Duration = .seconds(3)
    /// One attempt, from the request's first byte to the reply's last; for a get, to the reply's head.
    package static let blobRequestDeadline: Duration = .seconds(30)
    /// The longest silence within the body of a get.
    package static let blobReadDeadline: Duration = .seconds(20)
    package static let blobReplyBytesMax = 4 << 20
    package static let blobReplyElementsMax = 20_000
    package static let blobReplyDepthMax = 8
}
