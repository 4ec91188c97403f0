/// What the accounts feature refuses, and why. Descriptions are safe to show to the client.
package struct AccountsError: Error, Hashable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        case invalid(field: String, reason: String)
        case usernameTaken
        case usernameLooksTaken
        case emailTaken
        case wrongCredentials
        case passwordNotSet
        case accountSuspended
        case accountLeaving
        case notFound
        case unauthenticated(Unauthenticated)
        case refreshTokenInvalid
        case refreshTokenReused
        case overloaded
    }

    /// Why an access token was not accepted.
    package enum Unauthenticated: String, Hashable, Sendable {
        case malformed
        case unknownKey
        case wrongSignature
        case wrongClaims
        case notYetValid
        case expired
        case sessionEnded
        case accountInactive
    }

    package let code: Code

    private init(_ code: Code) {
        self.code = code
    }

    /// - Parameters:
    ///   - field: the name in the API, such as `display_name`.
    ///   - reason: what goes after the name in a sentence, such as `must not be empty`.
    package static func invalid(field: String, reason: String) -> Self { Self(.invalid(field: field, reason: reason)) }
    package static let usernameTaken = Self(.usernameTaken)
    /// Readers would take the username for that of another account.
    package static let usernameLooksTaken = Self(.usernameLooksTaken)
    package static let emailTaken = Self(.emailTaken)
    /// The name or the password; which of them is not told.
    package static let wrongCredentials = Self(.wrongCredentials)
    /// The account has no password that could be confirmed.
    package static let passwordNotSet = Self(.passwordNotSet)
    package static let accountSuspended = Self(.accountSuspended)
    /// The account waits for its deletion, which logging in takes back.
    package static let accountLeaving = Self(.accountLeaving)
    package static let notFound = Self(.notFound)
    package static func unauthenticated(_ reason: Unauthenticated) -> Self { Self(.unauthenticated(reason)) }
    package static let refreshTokenInvalid = Self(.refreshTokenInvalid)
    /// The token was used before, so that two parties hold it: its session has been revoked.
    package static let refreshTokenReused = Self(.refreshTokenReused)
    /// Too many passwords are being hashed.
    package static let overloaded = Self(.overloaded)

    package var description: String {
        switch code {
        case .invalid(let field, let reason): "\(field) \(reason)."
        case .usernameTaken: "This username is taken."
        case .usernameLooksTaken: "This username looks like one that is taken, so that people would mix them up."
        case .emailTaken: "This e-mail address is in use."
        case .wrongCredentials: "The name or the password is wrong."
        case .passwordNotSet: "This account has no password."
        case .accountSuspended: "This account is suspended."
        case .accountLeaving: "This account is being deleted. Log in to keep it."
        case .notFound: "There is no such account."
        case .unauthenticated(let reason): reason.sentence
        case .refreshTokenInvalid: "The refresh token is not valid or has expired."
        case .refreshTokenReused: "The refresh token was used before; its session has ended. Log in again."
        case .overloaded: "Too many logins at once. Try again in a moment."
        }
    }
}

extension AccountsError.Unauthenticated {
    fileprivate var sentence: String {
        switch self {
        case .malformed: "The access token is malformed."
        case .unknownKey, .wrongSignature, .wrongClaims: "The access token was not issued for this server."
        case .notYetValid: "The access token is not valid yet."
        case .expired: "The access token has expired."
        case .sessionEnded, .accountInactive: "The session of this access token has ended."
        }
    }
}
