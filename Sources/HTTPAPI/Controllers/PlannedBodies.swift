import Core
import Posts
import Telemetry

/// A draft, or a post to be published later.
struct PlannedBody: JSONReadable {
    static let fieldNames = ["content", "visibility", "reply_to", "share_policy", "quote_of", "poll", "scheduled_at"]

    let draft: PostDraft
    /// Milliseconds since 1970.
    let scheduledAt: Int64?

    init(_ fields: JSONFields) throws {
        var draft = PostDraft(
            content: try PostContent(try fields.string("content")),
            visibility: try fields.optionalString("visibility").map(Visibility.named) ?? .everyone,
            replyTo: try fields.optionalID("reply_to"))
        draft.sharePolicy = try fields.optionalString("share_policy").map(SharePolicy.named) ?? .everyone
        draft.quoteOf = try fields.optionalID("quote_of")
        draft.poll = try fields.optionalTree("poll").map(PollDraft.init)
        self.draft = draft
        scheduledAt = try fields.optionalString("scheduled_at").map { text in
            guard let time = Timestamp(rfc3339: text) else {
                throw APIError.invalid("scheduled_at", "scheduled_at must be a time as in RFC 3339.")
            }
            return time.millisecondsSince1970
        }
    }
}

extension PlannedPost {
    /// - Parameters:
    ///   - name: of the id.
    ///   - post: what it has become, where it is not there any more.
    func write(id name: StaticString, became post: ID<Post>? = nil, to json: inout JSONWriter) {
        json.raw("{\"")
        json.raw(name)
        json.raw("\":")
        json.id(id.rawValue)
        if let post {
            json.raw(",\"post_id\":")
            json.id(post.rawValue)
        }
        json.raw(",\"content\":")
        json.string(draft.content.text)
        json.raw(",\"visibility\":")
        json.string(draft.visibility.name)
        json.raw(",\"share_policy\":")
        json.string(draft.sharePolicy.name)
        json.raw(",\"reply_to\":")
        json.id(draft.replyTo?.rawValue)
        json.raw(",\"quote_of\":")
        json.id(draft.quoteOf?.rawValue)
        json.raw(",\"poll\":")
        if let poll = draft.poll { Self.write(poll, to: &json) } else { json.raw("null") }
        if let scheduledAt {
            json.raw(",\"scheduled_at\":")
            json.string(Timestamp.string(scheduledAt))
            json.raw(",\"failure\":")
            json.string(failure?.name)
        }
        json.raw(",\"created_at\":")
        json.string(Timestamp.string(createdAt))
        json.raw(",\"updated_at\":")
        json.string(Timestamp.string(updatedAt))
        json.raw("}")
    }

    private static func write(_ poll: PollDraft, to json: inout JSONWriter) {
        json.raw("{\"options\":[")
        for (index, option) in poll.options.enumerated() {
            if index > 0 { json.raw(",") }
            json.string(option)
        }
        json.raw("],\"expires_in\":")
        json.integer(poll.seconds)
        json.raw(",\"multiple\":")
        json.flag(poll.isMultiple)
        json.raw(",\"hide_totals\":")
        json.flag(poll.hidesTotals)
        json.raw("}")
    }
}
