import Accounts
import Core
import HTTPTypes
import Telemetry

/// Where an account is logged in, and what it logs in with.
struct SessionListRoutes: Sendable {
    let services: APIServices
    let limiter: RequestLimiter

    private static let tag = "Accounts"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/me/sessions", .required,
                Operation("listSessions", "Where you are logged in", tag: Self.tag, answer: (200, "SessionList")),
                handler: list),
            Endpoint(
                .delete, "/v1/me/sessions", .required,
                Operation("endOtherSessions", "Log out everywhere else", tag: Self.tag, answer: (204, nil)),
                handler: endOthers),
            Endpoint(
                .delete, "/v1/me/sessions/{id}", .required,
                Operation("endSession", "Log out somewhere", tag: Self.tag, answer: (204, nil), problems: [404]),
                handler: end),
            Endpoint(
                .put, "/v1/me/password", .required,
                Operation(
                    "changePassword", "Change your password", tag: Self.tag, body: "PasswordChange",
                    answer: (204, nil), problems: [403]), handler: changePassword),
            Endpoint(
                .put, "/v1/me/email", .required,
                Operation(
                    "changeEmail", "Change your e-mail address", tag: Self.tag, body: "EmailChange",
                    answer: (204, nil), problems: [403, 409]), handler: changeEmail),
        ]
    }

    private struct PasswordBody: JSONReadable {
        static let fieldNames = ["password", "current_password"]

        let password: String
        let currentPassword: String

        init(_ fields: JSONFields) throws {
            password = try fields.string("password")
            currentPassword = try fields.string("current_password")
        }
    }

    private struct EmailBody: JSONReadable {
        static let fieldNames = ["email", "current_password"]

        let email: String
        let currentPassword: String

        init(_ fields: JSONFields) throws {
            email = try fields.string("email")
            currentPassword = try fields.string("current_password")
        }
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        guard let principal = request.principal else { throw APIError.unauthenticated }
        let sessions = try await services.sessions.sessions(of: principal.accountID)
        return .json { json in
            json.raw("{\"sessions\":[")
            for (index, session) in sessions.enumerated() {
                if index > 0 { json.raw(",") }
                json.raw("{\"session_id\":")
                json.id(session.id)
                json.raw(",\"created_at\":")
                json.string(Timestamp.string(session.createdAt))
                json.raw(",\"last_used_at\":")
                json.string(Timestamp.string(session.lastUsedAt))
                json.raw(",\"client\":")
                json.string(session.client)
                json.raw(",\"is_current\":")
                json.flag(session.id == principal.sessionID)
                json.raw("}")
            }
            json.raw("],\"next_cursor\":null}")
        }
    }

    private func end(_ request: APIRequest) async throws -> APIResponse {
        let id: ID<OpenSession> = try request.id()
        try await services.sessions.end(id.rawValue, of: try request.viewer())
        return .noContent
    }

    private func endOthers(_ request: APIRequest) async throws -> APIResponse {
        guard let principal = request.principal else { throw APIError.unauthenticated }
        try await services.sessions.endOthers(than: principal)
        return .noContent
    }

    private func changePassword(_ request: APIRequest) async throws -> APIResponse {
        let body = try request.decode(PasswordBody.self)
        var changes = ProfileChanges()
        changes.password = try Password(body.password)
        changes.currentPassword = body.currentPassword
        return try await change(changes, request)
    }

    private func changeEmail(_ request: APIRequest) async throws -> APIResponse {
        let body = try request.decode(EmailBody.self)
        var changes = ProfileChanges()
        changes.email = try EmailAddress(body.email)
        changes.currentPassword = body.currentPassword
        return try await change(changes, request)
    }

    private func change(_ changes: ProfileChanges, _ request: APIRequest) async throws -> APIResponse {
        guard let principal = request.principal else { throw APIError.unauthenticated }
        try await services.accounts.update(principal, changes, guessing: limiter)
        return .noContent
    }
}

extension AccountService {
    /// Changes an account, and charges who may be guessing its password.
    func update(_ principal: Principal, _ changes: ProfileChanges, guessing limiter: RequestLimiter) async throws {
        if changes.currentPassword != nil { try await limiter.chargeGuess(of: principal.accountID.description) }
        do {
            try await update(principal, changes)
        } catch let error as AccountsError where error.code == .wrongCredentials {
            throw APIError.wrongPassword(field: "current_password")
        }
    }
}
