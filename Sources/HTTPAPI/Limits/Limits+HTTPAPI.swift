import Core

extension Limits {
    /// How much of a name that a client made up is repeated to it.
    static let repeatedNameScalarsMax = 64
    /// Tokens that the front desk of one event loop keeps at hand.
    static let frontTokensMax = 8_192
    /// Head of an answer of the front desk; the longest possible has about 950 bytes.
    static let frontHeadBytesMax = 1_024
    /// Room made for an answer at first.
    static let answerBytesExpected = 16 * 1024
    /// Answers of the front desk that are longer than this go the ordinary way.
    static let frontAnswerBytesMax = 4 * 1024 * 1024

    /// How much of what a client sends over HTTP/1.1 becomes requests at a time: some ninety of the smallest.
    static let requestBytesAtOnceMax = 2_048

    /// What any request may bring.
    static let bodyBytesOwn = 16 * 1024
    /// What all requests together may hold beyond that.
    static let sharedBodyBytesMax = 64 << 20

    // Pages of other origins
    /// An origin in the settings: a host has 253 bytes at most.
    static let originBytesMax = 280
    /// How long a browser remembers what a page may send; Chromium remembers nothing for longer.
    static let preflightSeconds = 7_200

    // TLS and HTTP/2
    static let pemFileBytesMax = 1 << 20
    /// Requests that one connection may have open; RFC 9113, 6.5.2 advises no less.
    static let streamsMax = 100
    /// Bodies that one connection may have in flight, all together: four of the largest.
    static let streamBodyBytesMax = 1 << 20
    static let continuationFramesMax = 5
    /// Frames of PING, SETTINGS and PRIORITY in 30 seconds.
    static let controlFramesMax = 200
    static let controlFramesQueuedMax = 1_000
    /// Requests of one connection taken back in 30 seconds.
    static let streamResetsMax = 200
    static let streamErrorsMax = 200

    // Compression
    /// Below it, what gzip saves is not worth its work: such an answer fits in a packet or two as it is.
    static let compressedBodyBytesMin = 1_024
}
