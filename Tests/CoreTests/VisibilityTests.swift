import Core
import Testing
import TestSupport

@Suite struct VisibilityTests {
    @Test(
        "names of the API",
        arguments: [
            ("public", Visibility.everyone), ("followers", .followers), ("private", .author),
            ("close_friends", .closeFriends),
        ])
    func names(name: String, visibility: Visibility) {
        #expect(Visibility(name: name) == visibility)
        #expect(visibility.name == name)
    }

    @Test(
        "no other name is taken",
        arguments: ["", "Public", "PRIVATE", "everyone", "author", "public ", "friends", "close friends"])
    func unknown(name: String) {
        #expect(Visibility(name: name) == nil)
    }

    @Test("what opens a post to more")
    func opening() {
        let ascending: [Visibility] = [.author, .closeFriends, .followers, .everyone]
        for (rank, one) in ascending.enumerated() {
            for (otherRank, other) in ascending.enumerated() { #expect(one.opens(from: other) == (rank > otherRank)) }
        }
    }

    @Test("stored values stay what they are")
    func stored() {
        #expect(Visibility.allCases.map(\.rawValue) == [0, 1, 2, 3])
    }
}
