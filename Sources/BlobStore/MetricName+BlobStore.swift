import Telemetry

extension MetricName {
    /// Labels `operation` and `outcome` (`ok` or the error's code).
    package static let blobRequests = "starling_blob_requests"
    /// Label `operation`.
    package static let blobSeconds = "starling_blob_seconds"
    /// Label `direction`: `in` or `out`.
    package static let blobBytes = "starling_blob_bytes"
    package static let blobRetries = "starling_blob_retries"
    package static let blobUploadsAborted = "starling_blob_uploads_aborted"
    package static let blobUploadsLeft = "starling_blob_uploads_left"
    /// Label `gate`: `files`, `uploads`, `requests` or `streams`.
    package static let blobInFlight = "starling_blob_in_flight"
    /// Label `gate`.
    package static let blobRefused = "starling_blob_refused"

    /// Help texts of the above, by name.
    package static let blobStoreHelp: [String: String] = [
        blobRequests: "Calls to the media store, by operation and outcome.",
        blobSeconds: "Time of a call to the media store, for a get to its first byte.",
        blobBytes: "Bytes sent to (in) and asked of (out) the media store.",
        blobRetries: "Requests to the media store tried again after an error.",
        blobUploadsAborted: "Multipart uploads given up and removed.",
        blobUploadsLeft:
            "Multipart uploads given up whose parts could not be removed; the bucket's lifecycle rule must.",
        blobInFlight: "What the media store has under way, by gate.",
        blobRefused: "Calls refused because too many wait for the media store, by gate.",
    ]
}
