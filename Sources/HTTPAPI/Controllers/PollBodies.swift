import Posts

extension PollDraft {
    /// - Parameter tree: the member `poll` of a new post.
    /// - Throws: `Problem` 422 for a member that is missing or of the wrong type, `PostsError.invalid`.
    init(_ tree: JSONTree) throws {
        if case .object(let members) = tree {
            let allowed = ["options", "expires_in", "multiple", "hide_totals"]
            let others = members.keys.filter { !allowed.contains($0) }
            if let other = others.min() { throw APIError.unknownField(other, in: "poll", allowed: allowed) }
        }
        let refusal = APIError.invalid("poll", "poll needs options, a list of texts, and expires_in, in seconds.")
        guard case .list(let options) = tree["options"], case .number(let seconds?) = tree["expires_in"] else {
            throw refusal
        }
        let texts = options.compactMap { option in if case .string(let text) = option { text } else { nil as String? } }
        guard texts.count == options.count else { throw refusal }
        try self.init(
            options: texts, isMultiple: Self.flag(tree, "multiple"), hidesTotals: Self.flag(tree, "hide_totals"),
            seconds: seconds)
    }

    private static func flag(_ tree: JSONTree, _ name: String) throws -> Bool {
        switch tree[name] {
        case nil, .null: return false
        case .flag(let value): return value
        default: throw APIError.invalid("poll", "\(name) must be true or false.")
        }
    }
}

/// The options that somebody chooses in a poll.
struct VoteBody: JSONReadable {
    static let fieldNames = ["choices"]

    let choices: PollChoices

    init(_ fields: JSONFields) throws {
        guard case .list(let elements) = fields.optionalTree("choices") else {
            throw APIError.invalid("choices", "choices must be a list of options, counted from 0.")
        }
        let indices = elements.map { element in if case .number(let index?) = element { index } else { -1 as Int64 } }
        choices = try PollChoices(indices)
    }
}
