import Core
import Foundation
import HTTPTypes
import Testing

@testable import HTTPAPI

/// Somebody with an account and a session.
struct Person: Sendable {
    let name: String
    let id: String
    var token: String
    var refreshToken: String

    static let password = "correct horse"
}

/// The usual four.
struct Cast: Sendable {
    let alice: Person
    let bob: Person
    let carol: Person
    let dan: Person
}

extension TestServer {
    /// Text as a JSON string.
    static func quoted(_ text: String) -> String {
        var json = JSONWriter()
        json.string(text)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    static func registration(_ name: String) -> String {
        #"{"username":"\#(name)","email":"\#(name)@example.org","password":"\#(Person.password)"}"#
    }

    func register(_ name: String) async throws -> Person {
        let answer = await post("/v1/users/register", Self.registration(name))
        try #require(answer.status == 201, "\(answer.text)")
        return try person(answer)
    }

    func login(_ name: String) async throws -> Person {
        let body = #"{"username":"\#(name)","password":"\#(Person.password)"}"#
        return try person(await post("/v1/users/login", body))
    }

    func person(_ session: Answer) throws -> Person {
        Person(
            name: try #require(session.json["user"]["username"].string),
            id: try #require(session.json["user"]["user_id"].string),
            token: try #require(session.json["access_token"].string),
            refreshToken: try #require(session.json["refresh_token"].string))
    }

    /// Has a person delete the account.
    @discardableResult
    func leave(_ person: Person) async -> Answer {
        await send(Call(.delete, "/v1/me", as: person.token, #"{"current_password":"\#(Person.password)"}"#))
    }

    func cast() async throws -> Cast {
        Cast(
            alice: try await register("alice"), bob: try await register("bob"), carol: try await register("carol"),
            dan: try await register("dan"))
    }

    /// - Returns: the post's id.
    @discardableResult
    func publish(
        _ content: String, by author: Person, visibility: String = "public", replyTo: String? = nil
    ) async throws -> String {
        let reply = replyTo.map { #","reply_to":"\#($0)""# } ?? ""
        let body = #"{"content":\#(Self.quoted(content)),"visibility":"\#(visibility)"\#(reply)}"#
        let answer = await post("/v1/posts", as: author, body)
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["post_id"].string)
    }

    func follow(_ follower: Person, _ followee: Person) async throws {
        let answer = await post("/v1/users/\(followee.id)/follow", as: follower)
        try #require(answer.status == 200, "\(answer.text)")
    }

    func makePrivate(_ person: Person, _ isPrivate: Bool = true) async throws {
        let answer = await patch("/v1/me", as: person, #"{"is_private":\#(isPrivate)}"#)
        try #require(answer.status == 200, "\(answer.text)")
    }

    /// The texts of a feed or list of posts.
    func contents(_ target: String, as person: Person? = nil) async -> [String] {
        await get(target, as: person).json["posts"].array.compactMap { $0["content"].string }
    }

    /// The usernames of a list of accounts.
    func usernames(_ target: String, as person: Person? = nil) async -> [String] {
        await get(target, as: person).json["users"].array.compactMap { $0["username"].string }
    }
}
