import SocialGraph

/// The texts of a schedule, and what may be muted in them.
enum Words {
    private static let colours = ["red", "Green", "BLUE", "grey", "sky-blue", "reddish"]

    /// - Parameter number: of a post among those of one import.
    static func text(of moment: Int, number: Int? = nil) -> String {
        let count = colours.count
        let (one, other) = (colours[moment % count], colours[(moment / count + (number ?? 0)) % count])
        guard let number else { return "Written by operation \(moment): \(one)  \(other)." }
        return "import \(moment) \(number), \(other) \(one)"
    }

    /// Some of one word and some of two, some as they stand in texts and some not, one that is in none.
    static let phrases = ["red", "GREEN", "blue", "grey red", "Red grey", "import", "re", "blue blue"]

    /// Runs of letters and digits, in lower case.
    static func words(of text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }
}

extension Model {
    /// Whose old posts may be back in their feed after this operation.
    func whoUnmutes(_ operation: Operation) -> Int? {
        switch operation {
        case .muteWords(let user, let phrase, _): users[user].mutedWords[phrase] == nil ? nil : user
        case .unmuteWords(let user, _): user
        default: nil
        }
    }

    /// Whether somebody else's post holds all words of a phrase, one behind the other.
    func isWordMuted(in post: Post, by viewer: Int, _ scope: MutingScopes) -> Bool {
        guard post.author != viewer else { return false }
        let text = Words.words(of: post.text)
        return users[viewer].mutedWords.contains { phrase, scopes in
            let wanted = Words.words(of: phrase)
            return scopes.contains(scope) && text.indices.contains { text[$0...].starts(with: wanted) }
        }
    }
}
