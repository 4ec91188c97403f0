import JWTKit

/// What an access token says (https://www.rfc-editor.org/rfc/rfc9068): ids as decimal strings, times in seconds since
/// 1970.
struct AccessClaims: JWTPayload, Equatable {
    let iss: String
    let aud: String
    let sub: String
    let sid: String
    let iat: Int64
    let exp: Int64

    /// `TokenAuthority` checks the claims, with its own clock and settings.
    func verify(using algorithm: some JWTAlgorithm) {}
}
