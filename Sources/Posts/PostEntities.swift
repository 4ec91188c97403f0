import Accounts
import Core
import Text

/// Accounts by their usernames, as a text names them.
package typealias MentionedAccounts = [String: ID<Account>]

/// What a version of a post points at. Found once for each version: answers splice the JSON.
package struct PostEntities: Sendable {
    private let found: TextEntities
    /// The accounts that the mentions name; names of nobody are missing.
    var accounts: MentionedAccounts = [:]

    package init(_ text: String) {
        found = TextEntities.extract(from: text)
    }

    var hasMentions: Bool { !found.mentions.isEmpty }

    /// The usernames that are mentioned, each once, no more than `Limits.mentionsMax`.
    package var names: [String] {
        Self.first(Limits.mentionsMax, of: found.mentions.map { $0.name.lowercased() })
    }

    /// The hashtags, each once, no more than `Limits.postTagsMax`.
    var tags: [HashtagKey] { Self.first(Limits.postTagsMax, of: found.hashtags.map(\.key)) }

    private static func first<Value: Hashable>(_ count: Int, of values: [Value]) -> [Value] {
        guard !values.isEmpty else { return [] }
        var seen: Set<Value> = []
        return Array(values.filter { seen.insert($0).inserted }.prefix(count))
    }

    private static let none: StaticString = "{\"mentions\":[],\"hashtags\":[],\"urls\":[]}"

    /// `{"mentions": […], "hashtags": […], "urls": […]}`, each with its `start` and `end` in Unicode scalars.
    func write(to json: inout JSONWriter) {
        guard !found.isEmpty else { return json.raw(Self.none) }
        json.raw("{\"mentions\":[")
        Self.write(found.mentions, \.scalars, to: &json) { mention, json in
            json.raw("\"username\":")
            json.string(mention.name)
            json.raw(",\"user_id\":")
            json.id(accounts[mention.name.lowercased()]?.rawValue)
        }
        json.raw("],\"hashtags\":[")
        Self.write(found.hashtags, \.scalars, to: &json) { hashtag, json in
            json.raw("\"tag\":")
            json.string(hashtag.tag)
        }
        json.raw("],\"urls\":[")
        Self.write(found.urls, \.scalars, to: &json) { link, json in
            json.raw("\"url\":")
            json.string(link.url)
        }
        json.raw("]}")
    }

    private static func write<Entity>(
        _ entities: [Entity], _ scalars: KeyPath<Entity, Range<Int>>, to json: inout JSONWriter,
        _ member: (Entity, inout JSONWriter) -> Void
    ) {
        for (index, entity) in entities.enumerated() {
            json.raw(index > 0 ? ",{" : "{")
            member(entity, &json)
            json.raw(",\"start\":")
            json.integer(Int64(entity[keyPath: scalars].lowerBound))
            json.raw(",\"end\":")
            json.integer(Int64(entity[keyPath: scalars].upperBound))
            json.raw("}")
        }
    }
}

extension Limits {
    /// Accounts that one post can mention so that they are told.
    package static let mentionsMax = 50
}
