import Accounts
import Core
import HTTPTypes
import KeyValue

/// The rules requests are charged to.
package struct RateLimits: Sendable {
    package var isEnabled = true
    /// Reads of one account.
    package var userReads = RateLimitRule(name: "user-reads", limit: 1_200, window: .seconds(60))
    /// Writes of one account.
    package var userWrites = RateLimitRule(name: "user-writes", limit: 300, window: .seconds(60))
    /// Everything from one address without an account.
    package var address = RateLimitRule(name: "address", limit: 600, window: .seconds(60))
    /// Logins, registrations and refreshes from one address.
    package var credentials = RateLimitRule(name: "credentials", limit: 30, window: .seconds(60))
    package var credentialsPerDay = RateLimitRule(name: "credentials-day", limit: 1_000, window: .seconds(86_400))
    /// Passwords tried for one account, from wherever.
    package var guesses = RateLimitRule(name: "guesses", limit: 30, window: .seconds(600))

    package init() {}
}

/// Charges requests and says so in the answer's headers.
struct RequestLimiter: Sendable {
    private let limits: RateLimits
    private let limiter: any RateLimiter
    /// For what guards logins, where several processes serve.
    private let stored: StoredRateLimiter?

    init(limits: RateLimits, limiter: any RateLimiter, stored: StoredRateLimiter? = nil) {
        self.limits = limits
        self.limiter = limiter
        self.stored = stored
    }

    /// - Returns: the header fields for the answer.
    /// - Throws: `Problem` 429, with those fields.
    func charge(_ endpoint: Endpoint, _ request: APIRequest) async throws -> HTTPFields {
        let charges = charges(for: endpoint, request)
        guard limits.isEnabled, !charges.isEmpty else { return [:] }
        var decision = limiter.take(charges, at: .now)
        // Who is refused here needs no look at the store.
        if decision.isAllowed, endpoint.charge == .credentials, let stored {
            decision = try await stored.take(charges)
        }
        return try Self.fields(of: decision, charges)
    }

    /// Charges a request that no endpoint takes to its address; a token is not looked at.
    /// - Returns: the header fields for the answer.
    /// - Throws: `Problem` 429, with those fields.
    func chargeUnknown(_ request: APIRequest) throws -> HTTPFields {
        guard limits.isEnabled else { return [:] }
        let charges = [RateLimitCharge(.address(request.address), limits.address)]
        return try Self.fields(of: limiter.take(charges, at: .now), charges)
    }

    private static func fields(of decision: RateLimitDecision, _ charges: [RateLimitCharge]) throws -> HTTPFields {
        var fields: HTTPFields = [:]
        fields[.rateLimitPolicy] = RateLimitHeaders.policy(charges.map(\.rule))
        if let tightest = decision.tightest { fields[.rateLimit] = RateLimitHeaders.limit(tightest) }
        guard decision.isAllowed else {
            var problem = APIError.tooManyRequests(retryAfter: decision.retryAfterSeconds ?? 1)
            for field in fields { problem.headers.append(field) }
            throw problem
        }
        return fields
    }

    /// What a request that is answered at the front was charged.
    struct FrontCharge {
        /// Nil where nothing is limited.
        let standing: RateLimitDecision.Standing?

        /// Lays the header fields, or nothing.
        func write(to splicer: inout ByteSplicer) {
            guard let standing else { return }
            splicer.append("RateLimit-Policy: " as StaticString)
            splicer.append(RateLimitHeaders.policy([standing.rule]))
            splicer.append("\r\nRateLimit: \"" as StaticString)
            splicer.append(standing.rule.name)
            splicer.append("\";r=" as StaticString)
            splicer.append(standing.remaining)
            splicer.append(";t=" as StaticString)
            splicer.append(standing.resetSeconds)
            splicer.append("\r\n" as StaticString)
        }
    }

    /// Charges a request if it may pass; nil charges nothing.
    /// - Parameter address: the peer's, made of the request where nil.
    func chargeAtFront(
        _ charge: Endpoint.Charge, _ request: APIRequest, at now: ContinuousClock.Instant,
        _ address: inout RateLimitSubject?
    ) -> FrontCharge? {
        guard limits.isEnabled else { return FrontCharge(standing: nil) }
        switch charge {
        case .none: return FrontCharge(standing: nil)
        case .credentials, .write: return nil
        case .read:
            var rule = limits.userReads
            let subject: RateLimitSubject
            if let principal = request.principal {
                subject = .user(principal.accountID.rawValue)
            } else {
                rule = limits.address
                subject = address ?? .address(request.address)
                address = subject
            }
            return limiter.takeIfAllowed(RateLimitCharge(subject, rule), at: now).map { FrontCharge(standing: $0) }
        }
    }

    /// Charges one try of a password to the account it is tried for.
    /// - Parameter name: how the client names the account; nobody learns whether it exists.
    /// - Throws: `Problem` 429.
    func chargeGuess(of name: String) async throws {
        guard limits.isEnabled else { return }
        let charge = RateLimitCharge(.name("guess:" + name.lowercased()), limits.guesses)
        var decision = limiter.take([charge], at: .now)
        if decision.isAllowed, let stored { decision = try await stored.take([charge]) }
        guard decision.isAllowed else {
            throw APIError.tooManyRequests(retryAfter: decision.retryAfterSeconds ?? 1)
        }
    }

    private func charges(for endpoint: Endpoint, _ request: APIRequest) -> [RateLimitCharge] {
        let address = RateLimitSubject.address(request.address)
        let user = request.principal.map { RateLimitSubject.user($0.accountID.rawValue) }
        return switch endpoint.charge {
        case .none: []
        case .credentials:
            [RateLimitCharge(address, limits.credentials), RateLimitCharge(address, limits.credentialsPerDay)]
        case .read: [RateLimitCharge(user ?? address, user == nil ? limits.address : limits.userReads)]
        case .write: [RateLimitCharge(user ?? address, user == nil ? limits.address : limits.userWrites)]
        }
    }
}

extension HTTPField.Name {
    // The names are valid tokens, so these never fall back.
    static let rateLimit = HTTPField.Name("RateLimit") ?? .retryAfter
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy") ?? .retryAfter
    static let requestID = HTTPField.Name("X-Request-Id") ?? .retryAfter
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .retryAfter
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed") ?? .retryAfter
    static let forwardedFor = HTTPField.Name("X-Forwarded-For") ?? .retryAfter
}
