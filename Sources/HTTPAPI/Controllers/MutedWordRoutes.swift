import Accounts
import Core
import HTTPTypes
import SocialGraph
import Telemetry

/// Words and phrases that the caller does not want to read.
struct MutedWordRoutes: Sendable {
    let services: APIServices

    private static let tag = "Graph"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "/v1/me/muted-words", .required,
                Operation(
                    "listMutedWords", "The words you mute", tag: Self.tag, answer: (200, "MutedWordList")),
                handler: list),
            Endpoint(
                .post, "/v1/me/muted-words", .required,
                Operation(
                    "muteWord", "Mute a word or phrase", tag: Self.tag, parameters: ["idempotencyKey"],
                    body: "NewMutedWord", answer: (201, "MutedWord"), problems: [404, 409]), handler: mute),
            Endpoint(
                .delete, "/v1/me/muted-words/{id}", .required,
                Operation("unmuteWord", "Lift the mute of a word", tag: Self.tag, answer: (204, nil), problems: [404]),
                handler: { request in
                    let id: ID<Account> = try request.id()
                    try await services.graph.unmuteWord(id.rawValue, viewer: try request.viewer())
                    return .noContent
                }),
        ]
    }

    private struct NewWordBody: JSONReadable {
        static let fieldNames = ["phrase", "scopes", "expires_at"]

        let phrase: String
        let scopes: MutingScopes
        let expiresAt: Int64?

        init(_ fields: JSONFields) throws {
            phrase = try fields.string("phrase")
            scopes = try fields.optionalStrings("scopes").map(Self.scopes) ?? .all
            expiresAt = try fields.optionalString("expires_at").map(Self.time)
        }

        private static func scopes(_ names: [String]) throws -> MutingScopes {
            try names.reduce(into: []) { scopes, name in
                guard let scope = MutingScopes(name: name) else {
                    let known = MutingScopes.named.map(\.key).joined(separator: ", ")
                    throw APIError.invalid("scopes", "scopes must be a list of \(known).")
                }
                scopes.formUnion(scope)
            }
        }

        private static func time(_ text: String) throws -> Int64 {
            guard let time = Timestamp(rfc3339: text) else {
                throw APIError.invalid("expires_at", "expires_at is not a time of RFC 3339.")
            }
            return time.millisecondsSince1970
        }
    }

    private func list(_ request: APIRequest) async throws -> APIResponse {
        let words = try await services.graph.mutedWords(of: try request.viewer())
        return .json { json in
            json.raw("{\"muted_words\":[")
            for (index, word) in words.enumerated() {
                if index > 0 { json.raw(",") }
                Self.write(word, to: &json)
            }
            json.raw("]}")
        }
    }

    private func mute(_ request: APIRequest) async throws -> APIResponse {
        let (body, viewer) = (try request.decode(NewWordBody.self), try request.viewer())
        let (word, replayed) = try await services.once(request, "/v1/me/muted-words") { note in
            try await services.graph.muteWord(
                body.phrase, in: body.scopes, until: body.expiresAt, viewer: viewer, noting: note)
        } again: {
            try await services.graph.mutedWord($0, viewer: viewer)
        }
        return APIResponse.json(status: 201) { Self.write(word, to: &$0) }.replayed(replayed)
    }

    private static func write(_ word: MutedWord, to json: inout JSONWriter) {
        json.raw("{\"muted_word_id\":")
        json.id(word.id)
        json.raw(",\"phrase\":")
        json.string(word.phrase)
        json.raw(",\"scopes\":[")
        for (index, name) in word.scopes.names.enumerated() {
            if index > 0 { json.raw(",") }
            json.string(name)
        }
        json.raw("],\"expires_at\":")
        json.string(word.expiresAt.map(Timestamp.string))
        json.raw("}")
    }
}
