/// Where large, unchanging bytes lie (images, video, exports), each under a key.
///
/// - A blob is there whole or not at all: who reads while another writes gets the old blob or the new one, and a put
///   that fails, is cancelled or loses its process leaves what was there.
/// - Cut transfers and bytes that do not have their checksum are errors, never short blobs.
/// - Every call throws `BlobStoreError`, or what the caller's own body threw.
package protocol BlobStore: Sendable {
    /// Stores a body under `key`, over what is there.
    ///
    /// On failure nothing has changed, unless it is the store that failed (`unavailable`, `deadlineExceeded`): then it may
    /// have taken the whole body without being able to say so.
    /// - Parameter contentType: a MIME type of at most `Limits.blobContentTypeBytesMax` printable ASCII bytes.
    @discardableResult
    func put(_ key: BlobKey, _ body: BlobBody, contentType: String) async throws -> BlobInfo

    /// The blob, streamed. Reading to the end checks its length, and its SHA-256 where the store has it.
    func get(_ key: BlobKey) async throws -> BlobContent

    /// The bytes of `range` that the blob has, streamed.
    /// - Throws: `rangeNotSatisfiable` if it has none of them.
    func get(_ key: BlobKey, range: Range<Int64>) async throws -> BlobContent

    func head(_ key: BlobKey) async throws -> BlobInfo

    /// Removes the blob; it is no error if there is none.
    func delete(_ key: BlobKey) async throws

    /// One page of the blobs whose keys begin with `prefix`, in an order of the store's own. Paging to the end shows
    /// every blob that is there throughout exactly once.
    /// - Parameters:
    ///   - token: `next` of the page before, nil for the first.
    ///   - limit: 1 to `Limits.blobPageMax`.
    func list(_ prefix: BlobPrefix, after token: String?, limit: Int) async throws -> BlobPage

    /// Whether the store answers and lets this process in.
    func check() async throws

    /// A request with which anyone may read the blob without passing through this process, or nil if the store has
    /// none such.
    /// - Parameter expires: 1 second to `Limits.blobPresignedLifetimeMax`.
    func presignedGet(_ key: BlobKey, expires: Duration) throws -> PresignedRequest?

    /// A request with which anyone may store `length` bytes of this type under the key, or nil if the store has none
    /// such. What they send is checked by nobody here.
    func presignedPut(
        _ key: BlobKey, contentType: String, length: Int64, expires: Duration
    ) throws -> PresignedRequest?

    /// Lets go of connections; nothing may be asked afterwards.
    func close() async throws
}
