import Accounts
import Core

/// How a file names an account: user 17 of a graph is `u17`.
enum AccountName: Hashable, Sendable {
    /// Most are numbers: those are kept small.
    case number(Int64)
    case text(String)

    /// Takes a number or a username.
    init?(_ bytes: ArraySlice<UInt8>) {
        if let number = Int64(decimal: bytes) {
            self = .number(number)
        } else if let username = try? Username(String(decoding: bytes, as: UTF8.self)) {
            self.init(username)
        } else {
            return nil
        }
    }

    /// Turns a name from elsewhere into a username: what is not allowed becomes `_`, and it is cut where it is too long.
    init?(adapting text: String) {
        let name = text.drop(while: \.isWhitespace)
        if let number = Int64(decimal: ArraySlice(name.utf8)) {
            self = .number(number)
            return
        }
        let characters = name.prefix(Limits.usernameLength.upperBound).map { character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
        }
        guard let username = try? Username(String(characters)) else { return nil }
        self.init(username)
    }

    private init(_ username: Username) {
        let digits = ArraySlice(username.value.utf8.dropFirst())
        if username.value.first == "u", let number = Int64(decimal: digits), "u\(number)" == username.value {
            self = .number(number)
        } else {
            self = .text(username.value)
        }
    }

    var username: String {
        switch self {
        case .number(let number): "u\(number)"
        case .text(let username): username
        }
    }
}
