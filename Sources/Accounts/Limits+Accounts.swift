import Core

extension Limits {
    /// A grapheme cluster may be any number of bytes, so that characters alone are no bound.
    package static let displayNameBytesMax = 2_000
    package static let bioBytesMax = 10_000
    package static let accessTokenBytesMax = 4_096
    package static let refreshTokenBytesMax = 64
    /// For how long after its exchange a refresh token is answered again.
    package static let refreshTokenReuse: Duration = .seconds(10)
    /// How many tokens come of one that way.
    package static let refreshTokenAnswersMax: Int64 = 32
    package static let sessionStatesMax = 200_000
    package static let activityNotesMax = 200_000
    package static let expiredRowsBatchMax = 1_000
    package static let issuedTokensBatchMax = 500
}
