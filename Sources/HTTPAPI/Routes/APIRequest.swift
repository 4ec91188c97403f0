import Accounts
import Core
import HTTPTypes

/// A request as endpoints see it: decoded, bounded, and free of the server that carries it.
package struct APIRequest: Sendable {
    package let method: HTTPRequest.Method
    package let path: String
    package let query: [String: String]
    package let headers: HTTPFields
    package let body: [UInt8]
    /// The peer, or the client behind a trusted proxy.
    package let address: String
    /// The host and port that the client asked for.
    package let authority: String?
    var parameters: [String: String] = [:]
    package var principal: Principal?
    /// The template of the matched path, a label of metrics.
    package var route = "none"

    package init(
        method: HTTPRequest.Method, path: String, query: [String: String] = [:], headers: HTTPFields = [:],
        body: [UInt8] = [], address: String = "127.0.0.1", authority: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.address = address
        self.authority = authority
    }

    /// The id in the path.
    /// - Throws: `APIError.notFound`: what is no id names nothing.
    func id<Entity>(_ name: String = "id", _: Entity.Type = Entity.self) throws -> ID<Entity> {
        guard let text = parameters[name], let id = ID<Entity>(text) else { throw APIError.notFound }
        return id
    }

    /// Who calls. Endpoints that require a token can rely on it.
    func viewer() throws -> ID<Account> {
        guard let principal else { throw APIError.unauthenticated }
        return principal.accountID
    }

    /// The page size, from `limit` or `page_size`.
    func limit() throws -> Int {
        guard let text = query["limit"] ?? query["page_size"] else { return Limits.pageSizeDefault }
        guard let limit = Int(text), limit >= 1, String(limit) == text else {
            throw APIError.invalid("limit", "limit must be a number from 1 to \(Limits.pageSizeMax).")
        }
        guard limit <= Limits.pageSizeMax else {
            throw APIError.invalid("limit", "limit is at most \(Limits.pageSizeMax).")
        }
        return limit
    }

    /// The numbers of the cursor of this kind, or nil for the first page.
    func cursor(_ kind: Cursor.Kind, count: Int = 1, name: String = "cursor") throws -> [Int64]? {
        guard let text = query[name] else { return nil }
        do { return try Cursor(text, kind: kind, count: count).values } catch {
            throw APIError.badRequest("\(name) is not a cursor that this server gave for this list.")
        }
    }

    /// A query parameter that is `true` or `false`.
    func flag(_ name: String) throws -> Bool {
        switch query[name] {
        case nil, "false", "0": return false
        case "true", "1", "": return true
        default: throw APIError.invalid(name, "\(name) must be true or false.")
        }
    }
}
