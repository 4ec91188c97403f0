import Accounts
import Core
import HTTPTypes
import Notifications
import Posts
import Telemetry
import Timelines

/// What concerns the caller, told within the app.
struct NotificationRoutes: Sendable {
    let services: APIServices

    private static let tag = "Notifications"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/notifications", .required,
                Operation(
                    "listNotifications", "What others did that concerns you, newest first", tag: Self.tag,
                    parameters: ["cursor", "limit", "kind"], answer: (200, "NotificationPage")), handler: page),
            Endpoint(
                .get, "/v1/notifications/unread", .required,
                Operation(
                    "countNotifications", "How many notifications are unread", tag: Self.tag,
                    answer: (200, "UnreadCount")), handler: unread),
            Endpoint(
                .post, "/v1/notifications/read", .required,
                Operation(
                    "readNotifications", "Say up to which notification you have read", tag: Self.tag,
                    body: "NotificationsRead", bodyIsRequired: false, answer: (200, "UnreadCount")), handler: read),
        ]
    }

    private struct ReadBody: JSONReadable {
        static let fieldNames = ["up_to"]

        let upTo: ID<Account>?

        init(_ fields: JSONFields) throws {
            upTo = try fields.optionalID("up_to")
        }
    }

    private static func kind(_ name: String) throws -> NotificationKind {
        guard let kind = NotificationKind(name: name) else {
            let names = NotificationKind.allCases.map(\.name).joined(separator: ", ")
            throw APIError.invalid("kind", "kind must be one of \(names).")
        }
        return kind
    }

    private func page(_ request: APIRequest) async throws -> APIResponse {
        let page = try await services.notifications.page(
            of: try request.viewer(), kind: try request.query["kind"].map(Self.kind),
            before: try request.cursor(.notifications)?.first, limit: try request.limit())
        return .json { json in
            json.raw("{\"notifications\":[")
            for (index, group) in page.groups.enumerated() {
                if index > 0 { json.raw(",") }
                Self.write(group, to: &json)
            }
            json.raw("],\"unread_count\":")
            json.integer(Int64(page.unreadCount))
            json.raw(",\"next_cursor\":")
            json.string(page.next.map { Cursor(.notifications, $0).description })
            json.raw("}")
        }
    }

    private static func write(_ group: NotificationGroup, to json: inout JSONWriter) {
        json.raw("{\"notification_id\":")
        json.id(group.id)
        json.raw(",\"kind\":")
        json.string(group.kind.name)
        json.raw(",\"created_at\":")
        json.string(Timestamp.string(group.tellsOf))
        json.raw(",\"is_read\":")
        json.flag(group.isRead)
        json.raw(",\"actors\":[")
        for (index, actor) in group.actors.enumerated() {
            if index > 0 { json.raw(",") }
            UserPayload.write(actor, to: &json)
        }
        json.raw("],\"actors_count\":")
        json.integer(group.actorsCount)
        json.raw(",\"reaction\":")
        json.string(group.reaction?.name)
        json.raw(",\"post_id\":")
        json.id(group.postID?.rawValue)
        json.raw(",\"scheduled_id\":")
        json.id(group.rejection?.scheduledID.rawValue)
        json.raw(",\"failure\":")
        json.string(group.rejection?.failure.name)
        json.raw(",\"post\":")
        write(group.post, to: &json)
        json.raw(",\"latest\":")
        write(group.latest, to: &json)
        json.raw("}")
    }

    private static func write(_ post: PostService.Shown?, to json: inout JSONWriter) {
        guard let post else { return json.raw("null") }
        json.raw(FeedPresenter.json(post))
    }

    private func unread(_ request: APIRequest) async throws -> APIResponse {
        Self.count(try await services.notifications.unreadCount(of: try request.viewer()))
    }

    private func read(_ request: APIRequest) async throws -> APIResponse {
        let upTo = request.body.isEmpty ? nil : try request.decode(ReadBody.self).upTo
        let viewer = try request.viewer()
        try await services.notifications.read(through: upTo?.rawValue, viewer: viewer)
        return Self.count(try await services.notifications.unreadCount(of: viewer))
    }

    private static func count(_ unread: Int) -> APIResponse {
        .json { json in
            json.raw("{\"unread_count\":")
            json.integer(Int64(unread))
            json.raw("}")
        }
    }
}
