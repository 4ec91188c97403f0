/// What can go wrong between two accounts.
package struct GraphError: Error, Hashable {
    package enum Code: Hashable, Sendable {
        /// There is no such account, or this viewer may not know of it.
        case notFound
        /// One cannot follow, block or mute oneself.
        case selfReference
        /// The viewer blocks the other and must lift that first.
        case blocking
        case limitReached
        /// There is no such follow request.
        case requestNotFound
        /// The field of a request, by its name in the API.
        case invalid(field: String)
    }

    package let code: Code
    package let detail: String

    package static let notFound = GraphError(code: .notFound, detail: "There is no such account.")
    package static let selfReference = GraphError(code: .selfReference, detail: "That is your own account.")
    package static let blocking = GraphError(code: .blocking, detail: "You block this account; unblock it first.")
    package static let requestNotFound = GraphError(
        code: .requestNotFound, detail: "There is no such follow request.")

    package static func invalid(_ field: String, _ detail: String) -> GraphError {
        GraphError(code: .invalid(field: field), detail: detail)
    }

    package static func limitReached(_ what: String, max: Int) -> GraphError {
        GraphError(code: .limitReached, detail: "An account can have at most \(max) \(what).")
    }
}
