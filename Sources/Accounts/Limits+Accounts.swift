import Core

extension Limits {
    /// A grapheme cluster may be any number of bytes, so that characters alone are no bound.
    package static let displayNameBytesMax = 2_000
    package static let bioBytesMax = 10_000
    package static let accessTokenBytesMax = 4_096
    package static let refreshTokenBytesMax = 64
    package static let sessionStatesMax = 200_000
    package static let activityNotesMax = 200_000
    package static let expiredRowsBatchMax = 1_000
    package static let issuedTokensBatchMax = 500
}
