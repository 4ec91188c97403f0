import HTTPTypes
import Accounts
import Core
import SocialGraph
import Telemetry

/// One's own account, and others'.
struct AccountRoutes: Sendable {
    let services: APIServices
    let limiter: RequestLimiter

    var endpoints: [Endpoint] {
        let update = Endpoint(
            .patch, "/v1/me", .required,
            Operation(
                "updateMe", "Change your account", tag: "Accounts", body: "ProfileChanges", answer: (200, "Me"),
                problems: [401, 403, 409]), handler: update)
        return [
            Endpoint(
                .get, "/v1/me", .required,
                Operation("getMe", "Your account", tag: "Accounts", answer: (200, "Me")), handler: me),
            update,
            Endpoint(
                .delete, "/v1/me", .required,
                Operation(
                    "deleteMe", "Delete your account", tag: "Accounts", body: "Farewell", answer: (202, "Deletion"),
                    problems: [403]), handler: delete),
            Endpoint(
                .put, "/v1/users/{id}", .required,
                Operation(
                    "updateUser", "Change your account (only your own)", tag: "Accounts", body: "ProfileChanges",
                    answer: (200, "Me"), problems: [401, 403, 404, 409]), handler: updateByID),
            Endpoint(
                .get, "/v1/users/{id}", .optional,
                Operation("getUser", "An account", tag: "Accounts", answer: (200, "User"), problems: [404]),
                warm: warmUser, handler: user),
            Endpoint(
                .get, "/v1/users/by-username/{name}", .optional,
                Operation(
                    "getUserByUsername", "An account by its username", tag: "Accounts", answer: (200, "User"),
                    problems: [404]), warm: warmUserByName, handler: userByName),
        ]
    }

    private func me(_ request: APIRequest) async throws -> APIResponse {
        let viewer = try request.viewer()
        guard let card = try await services.directory.card(viewer) else { throw APIError.notFound }
        let email = try await services.accounts.email(of: viewer)
        return .json { UserPayload.write(card, email: .some(email), to: &$0) }
    }

    private func update(_ request: APIRequest) async throws -> APIResponse {
        guard let principal = request.principal else { throw APIError.unauthenticated }
        let changes = try request.decode(ProfileChangesBody.self).changes()
        try await services.accounts.update(principal, changes, guessing: limiter)
        return try await me(request)
    }

    private func updateByID(_ request: APIRequest) async throws -> APIResponse {
        guard try request.viewer() == request.id() else { throw APIError.notFound }
        return try await update(request)
    }

    private struct FarewellBody: JSONReadable {
        static let fieldNames = ["current_password"]

        let currentPassword: String

        init(_ fields: JSONFields) throws {
            currentPassword = try fields.string("current_password")
        }
    }

    private func delete(_ request: APIRequest) async throws -> APIResponse {
        guard let principal = request.principal else { throw APIError.unauthenticated }
        let password = try request.decode(FarewellBody.self).currentPassword
        try await limiter.chargeGuess(of: principal.accountID.description)
        let dueAt: Int64
        do { dueAt = try await services.accounts.askForDeletion(principal, password: password) } catch let error
            as AccountsError where error.code == .wrongCredentials
        {
            throw APIError.wrongPassword(field: "current_password")
        }
        return .json(status: 202) { json in
            json.raw("{\"erased_at\":")
            json.string(Timestamp.string(dueAt))
            json.raw("}")
        }
    }

    private func user(_ request: APIRequest) async throws -> APIResponse {
        try await profile(try request.id(), request)
    }

    private func warmUser(_ request: APIRequest, _ splicer: inout ByteSplicer) -> Bool {
        guard let id: ID<Account> = try? request.id() else { return false }
        return warmProfile(id, request, &splicer)
    }

    private func warmUserByName(_ request: APIRequest, _ splicer: inout ByteSplicer) -> Bool {
        guard let name = try? Username(request.parameters["name"] ?? ""),
            let id = services.directory.cachedID(ofUsername: name.value)
        else { return false }
        return warmProfile(id, request, &splicer)
    }

    private func warmProfile(_ id: ID<Account>, _ request: APIRequest, _ splicer: inout ByteSplicer) -> Bool {
        guard let card = services.directory.cached(id), card.standing.isActive else { return false }
        if let viewer = request.principal?.accountID, viewer != id {
            // Whether a block hides the account is for the store to say.
            guard let relations = services.relations.cached(viewer), !relations.apart.contains(id) else { return false }
        }
        splicer.append(UserPayload.encoded(card))
        return true
    }

    private func userByName(_ request: APIRequest) async throws -> APIResponse {
        guard let name = try? Username(request.parameters["name"] ?? ""),
            let id = try await services.directory.id(ofUsername: name.value)
        else { throw APIError.notFound }
        return try await profile(id, request)
    }

    private func profile(_ id: ID<Account>, _ request: APIRequest) async throws -> APIResponse {
        let card = try await services.visibleCard(id, to: request.principal?.accountID)
        return .json { UserPayload.write(card, to: &$0) }
    }
}

extension APIServices {
    /// An account that this viewer may know of: one that blocks them is as if it were not there.
    func visibleCard(_ id: ID<Account>, to viewer: ID<Account>?) async throws -> AccountCard {
        guard let card = try await directory.card(id), card.account.isActive else { throw APIError.notFound }
        if let viewer, viewer != id, try await relations.relations(of: viewer).apart.contains(id) {
            // Whoever blocks someone still finds them, to lift the block.
            guard try await !graph.isBlocked(viewer, by: id) else { throw APIError.notFound }
        }
        return card
    }
}
