import Foundation
import Testing

/// The conformance cases of twitter-text, in `Tests/Vendored`.
enum Conformance {
    struct Case<Expected: Decodable & Sendable>: Decodable, Sendable, CustomTestStringConvertible {
        let description: String
        let text: String
        let expected: Expected

        var testDescription: String { description }
    }

    struct Entity: Decodable, Equatable, Sendable {
        let name: String
        let listSlug: String?
        let indices: [Int]

        private enum CodingKeys: String, CodingKey {
            case screenName = "screen_name"
            case listSlug = "list_slug"
            case url, hashtag, indices
        }

        init(_ name: String, _ scalars: Range<Int>) {
            self.name = name
            listSlug = nil
            indices = [scalars.lowerBound, scalars.upperBound]
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            var name: String?
            for key in [CodingKeys.screenName, .url, .hashtag] where name == nil {
                name = try values.decodeIfPresent(String.self, forKey: key)
            }
            self.name = try #require(name)
            listSlug = try values.decodeIfPresent(String.self, forKey: .listSlug)
            indices = try values.decode([Int].self, forKey: .indices)
        }
    }

    static func extraction<Expected>(
        _ category: String, as: Expected.Type = Expected.self, except leftOut: [String] = []
    ) throws -> [Case<Expected>] {
        try cases("extract", category, except: leftOut)
    }

    static func validation(_ category: String, except leftOut: [String] = []) throws -> [Case<Bool>] {
        try cases("validate", category, except: leftOut)
    }

    static func categories(_ file: String) throws -> Set<String> {
        Set(try JSONDecoder().decode([String: Ignored].self, from: data(file)).keys)
    }

    private struct Ignored: Decodable {
        init(from decoder: any Decoder) {}
    }

    /// Of a file whose categories expect different things, the cases of one.
    private static func cases<Expected>(
        _ file: String, _ category: String, except leftOut: [String]
    ) throws -> [Case<Expected>] {
        let whole = try #require(try JSONSerialization.jsonObject(with: data(file)) as? [String: Any])
        let list = try #require(whole[category])
        let cases = try JSONDecoder().decode(
            [Case<Expected>].self, from: JSONSerialization.data(withJSONObject: list))
        let kept = cases.filter { !leftOut.contains($0.description) }
        // Names of cases that no longer exist would hide that they are run again.
        try #require(kept.count == cases.count - leftOut.count && !kept.isEmpty)
        return kept
    }

    private static func data(_ file: String) throws -> Data {
        try Vendored.data("twitter-text/\(file).json")
    }
}
