import Accounts
import Core
import Exports
import Posts
import SQL
import SocialGraph
import Timelines

/// The one place where the features' errors become HTTP.
enum ProblemMapping {
    /// - Returns: nil for an error that nobody foresaw.
    static func problem(for error: any Error) -> Problem? {
        switch error {
        case let problem as Problem: problem
        case let error as AccountsError: feature(error)
        case let error as IdempotencyError: feature(error)
        case let error as GraphError: feature(error)
        case let error as PostsError: feature(error)
        case let error as FeedError: feature(error)
        case let error as ExportError: feature(error)
        case let error as SQLError where error.code == .overloaded || error.code == .unavailable: APIError.unavailable
        default: nil
        }
    }

    private static func feature(_ error: AccountsError) -> Problem {
        let detail = error.description
        switch error.code {
        case .invalid(let field, _): return APIError.invalid(field, detail)
        case .usernameTaken: return Problem(409, "username-taken", "Conflict", detail, field: "username")
        case .usernameLooksTaken:
            return Problem(409, "username-look-alike", "Conflict", detail, field: "username")
        case .emailTaken: return Problem(409, "email-taken", "Conflict", detail, field: "email")
        case .wrongCredentials: return APIError.unauthenticated(detail, code: "wrong-credentials")
        case .passwordNotSet: return Problem(403, "password-not-set", "Forbidden", detail)
        case .accountSuspended: return Problem(403, "account-suspended", "Forbidden", detail)
        case .accountLeaving: return Problem(403, "account-leaving", "Forbidden", detail)
        case .notFound: return APIError.notFound
        case .unauthenticated: return APIError.unauthenticated(detail)
        case .refreshTokenInvalid: return APIError.unauthenticated(detail, code: "refresh-token-invalid")
        case .refreshTokenReused: return APIError.unauthenticated(detail, code: "refresh-token-reused")
        case .overloaded: return APIError.retryLater(detail, seconds: 2)
        }
    }

    private static func feature(_ error: IdempotencyError) -> Problem {
        switch error {
        case .malformedKey:
            APIError.invalid(
                "Idempotency-Key",
                "Idempotency-Key must be 1 to \(Limits.idempotencyKeyBytesMax) visible ASCII characters.")
        case .inFlight:
            Problem(
                409, "idempotency-in-flight", "Conflict",
                "A request with this Idempotency-Key is still being handled.")
        case .mismatch:
            Problem(
                422, "idempotency-mismatch", "Unprocessable content",
                "This Idempotency-Key was used with another body.")
        }
    }

    private static func feature(_ error: GraphError) -> Problem {
        switch error.code {
        case .notFound, .requestNotFound: APIError.notFound
        case .selfReference: APIError.invalid("id", error.detail)
        case .invalid(let field): APIError.invalid(field, error.detail)
        case .blocking: Problem(409, "blocking", "Conflict", error.detail)
        case .limitReached: Problem(422, "limit-reached", "Unprocessable content", error.detail)
        }
    }

    private static func feature(_ error: PostsError) -> Problem {
        switch error.code {
        case .notFound: APIError.notFound
        case .invalid(let field): APIError.invalid(field, error.detail)
        case .limitReached: Problem(422, "limit-reached", "Unprocessable content", error.detail)
        case .commentsClosed: Problem(403, "comments-closed", "Forbidden", error.detail)
        case .alreadyVoted: Problem(409, "already-voted", "Conflict", error.detail)
        case .pollClosed: Problem(409, "poll-closed", "Conflict", error.detail)
        case .sharingClosed: Problem(403, "sharing-closed", "Forbidden", error.detail)
        }
    }

    private static func feature(_ error: ExportError) -> Problem {
        switch error {
        case .notFound: APIError.notFound
        case .tooSoon(let seconds): APIError.tooManyRequests(retryAfter: seconds)
        case .unavailable: APIError.unavailable
        case .elsewhere: APIError.archivesElsewhere
        }
    }

    private static func feature(_ error: FeedError) -> Problem {
        switch error {
        case .reload: Problem(410, "reload", "Gone", "The feed changed too much since then; load it anew.")
        case .unknownToken: APIError.badRequest("since is not a token that this server gave.")
        }
    }
}
