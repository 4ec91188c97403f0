import Accounts
import Core
import SQL

@testable import Posts

extension FeatureTests {
    static func comments(_ town: Town, _ chronicle: Chronicle) async throws {
        let (alice, carol, dan) = (chronicle.id("alice"), chronicle.id("carol"), chronicle.id("dan"))
        func publish(_ text: String, by author: String, on post: ID<Post>? = nil) async throws -> ID<Post> {
            let draft = PostDraft(content: try PostContent(text), replyTo: post)
            return try await town.posts.publish(draft, author: chronicle.id(author)).card.post.id
        }
        let root = try await publish("a thread", by: "alice")
        let first = try await publish("comment one", by: "carol", on: root)
        _ = try await publish("comment two", by: "dan", on: root)
        let below = try await publish("an answer", by: "dan", on: first)
        _ = try await publish("comment three", by: "carol", on: root)
        try await town.database.write {
            try ReplyRows.addLikes([first.rawValue: 2], dialect: town.database.dialect, $0)
        }
        for order in CommentOrder.allCases { try await chronicle.comments(on: root, by: order) }
        chronicle.note("below", try await town.posts.isComment(below, below: first, viewer: alice))
        chronicle.note("not below", try await town.posts.isComment(first, below: below, viewer: alice))
        for policy in [CommentPolicy.followers, .closed] {
            _ = try await town.posts.setCommentPolicy(policy, of: root, viewer: alice)
            for name in ["alice", "bob", "carol", "dan"] {
                await chronicle.noteFailure("\(name) while \(policy)") {
                    _ = try await publish("while \(policy)", by: name, on: below)
                }
                // As the transaction decides, which other processes' memory does not.
                await chronicle.noteFailure("\(name)'s statement while \(policy)") {
                    let reply = Post(
                        id: ID(root.rawValue + 1), author: chronicle.id(name), position: Position(1),
                        visibility: .everyone, replyTo: root, replyToAuthor: alice, rootID: root, depth: 1, version: 1,
                        createdAt: 0, editedAt: nil)
                    _ = try await town.database.commit(
                        [
                            ReplyRows.insert(reply, to: root, root: root),
                            Statement("DELETE FROM replies WHERE position = 1"),
                        ],
                        announcing: [])
                }
            }
        }
        await chronicle.noteFailure("not the author") { try await town.posts.removeComment(first, viewer: dan) }
        try await town.posts.removeComment(first, viewer: alice)
        await chronicle.noteFailure("removed twice") { try await town.posts.removeComment(first, viewer: alice) }
        try await chronicle.comments(on: root, by: .oldest)
        try await town.posts.removeComment(first, viewer: carol)
        await chronicle.noteFailure("erased twice") { try await town.posts.removeComment(first, viewer: carol) }
        // Its place is listed with its likes, and the check at the end finds no reactions.
        try await town.database.write {
            try ReplyRows.addLikes([first.rawValue: -2], dialect: town.database.dialect, $0)
        }
        try await deletions(town, chronicle, root)
        try await pins(town, chronicle, root)
    }

    /// Of a chain of three, the upper two are deleted first.
    private static func deletions(_ town: Town, _ chronicle: Chronicle, _ root: ID<Post>) async throws {
        let (alice, carol, dan) = (chronicle.id("alice"), chronicle.id("carol"), chronicle.id("dan"))
        _ = try await town.posts.setCommentPolicy(.open, of: root, viewer: alice)
        func answer(_ post: ID<Post>, by author: ID<Account>) async throws -> Post {
            let draft = PostDraft(content: try PostContent("on the way down"), replyTo: post)
            return try await town.posts.publish(draft, author: author).card.post
        }
        let top = try await answer(root, by: carol)
        let middle = try await answer(top.id, by: dan)
        let bottom = try await answer(middle.id, by: alice)
        try await town.posts.removeComment(top.id, viewer: carol)
        try await town.posts.removeComment(middle.id, viewer: alice)
        for order in CommentOrder.allCases { try await chronicle.comments(on: root, by: order) }
        for post in [top, middle] { try await chronicle.comments(on: post.id, by: .newest) }
        chronicle.note(
            "below a deleted one",
            try await town.posts.isComment(middle.id, below: root, orDeleted: true, viewer: alice))
        await chronicle.noteFailure("answering a deleted one") { _ = try await answer(middle.id, by: carol) }
        // As the transaction decides.
        await chronicle.noteFailure("the statement that answers a deleted one") {
            _ = try await town.database.commit(
                [ReplyRows.insert(bottom, to: middle.id, root: root)], announcing: [])
        }
        try await town.posts.removeComment(bottom.id, viewer: alice)
        try await chronicle.comments(on: root, by: .newest)
        for post in [top, middle] {
            await chronicle.noteFailure("without a place") { try await chronicle.comments(on: post.id, by: .newest) }
        }
    }

    private static func pins(_ town: Town, _ chronicle: Chronicle, _ post: ID<Post>) async throws {
        let alice = chronicle.id("alice")
        for _ in 0..<2 { _ = try await town.posts.pin(post, viewer: alice) }
        await chronicle.noteFailure("pin another's") { _ = try await town.posts.pin(post, viewer: chronicle.id("dan")) }
        for number in 1...Limits.pinnedPostsMax {
            let draft = PostDraft(content: try PostContent("pinned \(number)"))
            let own = try await town.posts.publish(draft, author: alice).card.post.id
            await chronicle.noteFailure("pin \(number)") { _ = try await town.posts.pin(own, viewer: alice) }
            if number == 2 { try await town.posts.delete(own, viewer: alice) }
        }
        try await town.posts.unpin(post, viewer: alice)
        let pinned = try await town.posts.pinnedPosts(of: alice, viewer: nil)
        chronicle.note("pinned", pinned.map { $0.card.post.position > Position(post.rawValue) })
    }
}
