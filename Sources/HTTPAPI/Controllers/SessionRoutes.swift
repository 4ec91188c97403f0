import HTTPTypes
import Accounts
import Core

/// Registering, logging in, staying in, and logging out.
struct SessionRoutes: Sendable {
    let services: APIServices
    let limiter: RequestLimiter

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post, "/v1/users/register", .open, charge: .credentials,
                Operation(
                    "register", "Create an account and log in", tag: "Accounts", body: "Registration",
                    answer: (201, "Session"), problems: [409, 503]), handler: register),
            Endpoint(
                .post, "/v1/users/login", .open, charge: .credentials,
                Operation(
                    "login", "Log in by username or e-mail address", tag: "Accounts", body: "Login",
                    answer: (200, "Session"), problems: [401, 403, 503]), handler: login),
            Endpoint(
                .post, "/v1/auth/refresh", .open, charge: .credentials,
                Operation(
                    "refresh", "Exchange a refresh token, once, for new tokens", tag: "Accounts", body: "Refresh",
                    answer: (200, "Session"), problems: [401, 403]), handler: refresh),
            Endpoint(
                .post, "/v1/auth/logout", .required,
                Operation("logout", "End this session", tag: "Accounts", answer: (204, nil)), handler: logout),
        ]
    }

    private struct RegisterBody: JSONReadable {
        static let fieldNames = ["username", "email", "password", "display_name"]

        let username: String
        let email: String
        let password: String
        let displayName: String?

        init(_ fields: JSONFields) throws {
            username = try fields.string("username")
            email = try fields.string("email")
            password = try fields.string("password")
            displayName = try fields.optionalString("display_name")
        }
    }

    private struct LoginBody: JSONReadable {
        static let fieldNames = ["username", "email", "password"]

        let username: String?
        let email: String?
        let password: String

        init(_ fields: JSONFields) throws {
            username = try fields.optionalString("username")
            email = try fields.optionalString("email")
            password = try fields.string("password")
        }
    }

    private struct RefreshBody: JSONReadable {
        static let fieldNames = ["refresh_token"]

        let refreshToken: String

        init(_ fields: JSONFields) throws {
            refreshToken = try fields.string("refresh_token")
        }
    }

    private func register(_ request: APIRequest) async throws -> APIResponse {
        let body = try request.decode(RegisterBody.self)
        let registration = AccountService.Registration(
            username: try Username(body.username), email: try EmailAddress(body.email),
            password: try Password(body.password), displayName: try body.displayName.map { try DisplayName($0) })
        let (account, tokens) = try await services.accounts.register(registration, client: request.client)
        return answer(status: 201, AccountCard(account), email: registration.email.value, tokens)
    }

    private func login(_ request: APIRequest) async throws -> APIResponse {
        let body = try request.decode(LoginBody.self)
        guard let name = body.username ?? body.email else {
            throw APIError.invalid("username", "username or email is missing.")
        }
        try await limiter.chargeGuess(of: name)
        let (account, tokens, isBack) = try await services.sessions.login(
            name: name, password: body.password, client: request.client)
        return try await answer(account, tokens, isBack: isBack)
    }

    private func refresh(_ request: APIRequest) async throws -> APIResponse {
        let body = try request.decode(RefreshBody.self)
        let (account, tokens) = try await services.sessions.refresh(body.refreshToken)
        return try await answer(account, tokens)
    }

    private func logout(_ request: APIRequest) async throws -> APIResponse {
        guard let principal = request.principal else { throw APIError.unauthenticated }
        try await services.sessions.logout(principal)
        return .noContent
    }

    private func answer(
        _ account: ID<Account>, _ tokens: TokenPair, isBack: Bool = false
    ) async throws -> APIResponse {
        guard let card = try await services.directory.card(account) else { throw APIError.notFound }
        let email = try await services.accounts.email(of: account)
        return answer(status: 200, card, email: email, tokens, isBack: isBack)
    }

    private func answer(
        status: Int, _ card: AccountCard, email: String?, _ tokens: TokenPair, isBack: Bool = false
    ) -> APIResponse {
        var response = APIResponse.json(status: status) { json in
            json.raw("{\"user\":")
            UserPayload.write(card, email: .some(email), to: &json)
            json.raw(",\"access_token\":")
            json.string(tokens.accessToken)
            json.raw(",\"refresh_token\":")
            json.string(tokens.refreshToken)
            json.raw(",\"token_type\":\"Bearer\",\"expires_in\":")
            json.integer(tokens.expiresIn.components.seconds)
            if isBack { json.raw(",\"deletion_cancelled\":true") }
            json.raw("}")
        }
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

extension APIRequest {
    fileprivate var client: ClientName? { ClientName(userAgent: headers[.userAgent]) }
}
