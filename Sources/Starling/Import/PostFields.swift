import Foundation

/// What one record of a file of texts says, by the names that exports use for it.
struct PostFields: Equatable {
    var text: String?
    var author: String?
    var time: String?

    static let textNames = ["text", "content", "title", "body"]
    static let authorNames = ["author", "user", "username"]
    static let timeNames = ["time", "created_at", "timestamp", "date"]
}

extension PostFields: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Exports write names and times as text or as numbers.
    private struct Scalar: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else if let number = try? container.decode(Int64.self) {
                text = String(number)
            } else {
                text = String(try container.decode(Double.self))
            }
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func first(_ names: [String]) throws -> String? {
            for name in names {
                if let value = try container.decodeIfPresent(Scalar.self, forKey: Key(stringValue: name)) {
                    return value.text
                }
            }
            return nil
        }
        text = try first(Self.textNames)
        author = try first(Self.authorNames)
        time = try first(Self.timeNames)
    }
}
