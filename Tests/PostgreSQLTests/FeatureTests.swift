import Accounts
import Core
import EventLog
import Posts
import SQL
import SocialGraph
import TestSupport
import Testing
import Timelines

@Suite("The features on both engines")
struct FeatureTests {
    @Test("what people do and see is the same on SQLite and PostgreSQL", .timeLimit(.minutes(10)))
    func same() async throws {
        let embedded = try await Self.chronicle(on: SQLiteDatabase(path: TemporaryFolder().file("town.db")))
        let distributed = try await Self.chronicle(on: Server.open(Server.settings()))
        #expect(embedded.count > 40)
        for (one, other) in zip(embedded, distributed) { #expect(one == other) }
        #expect(embedded.count == distributed.count)
        #expect(embedded.contains("problems: []"))
        #expect(embedded.contains("once more: 0") && embedded.contains("after it: []"))
        #expect(embedded.contains("a draft published twice at once: 1"))
        #expect(embedded.contains(#"planned after their time: ["a quote quote_unavailable"]"#))
        #expect(embedded.contains("stats: [1, 1, 1, 1, 1]"))
        #expect(embedded.contains("votes: [1, 0, 2, 2]"))
        #expect(embedded.contains(#"end told to dan: ["true"]"#))
        #expect(embedded.contains { $0.hasPrefix("told to alice:") && $0.contains("reaction by dan carol (2)") })
        #expect(embedded.contains(#"mentioned: ["carol", "dan"]"#))
        #expect(embedded.contains(#"mentioned after the edit: ["bob"]"#))
        #expect(embedded.contains("a name that looks the same: usernameLooksTaken"))
        #expect(embedded.contains(#"trends: ["grösse 2"]"#) || embedded.contains(#"trends: ["größe 2"]"#))
        #expect(embedded.contains("the same word: true"))
        #expect(embedded.contains("feed of the exclusive list, out of the home feed: 1"))
        #expect(embedded.contains("bob's statement while closed: commentsClosed"))
        #expect(embedded.contains(#"comments by newest: ["a deleted one with 1 comments"]"#))
        #expect(embedded.contains("without a place: notFound"))
        #expect(embedded.contains("alice's statement while closed: went through"))
    }

    private static func chronicle(on database: any Database) async throws -> [String] {
        let (lines, sink) = AsyncStream.makeStream(of: [String].self)
        try await Town.run(on: database) { town in
            let chronicle = Chronicle(town)
            try await people(town, chronicle)
            let reply = try await posts(town, chronicle)
            try await changes(town, chronicle, reply)
            try await comments(town, chronicle)
            try await mentions(town, chronicle)
            try await notifications(town, chronicle)
            try await mutedWords(town, chronicle)
            try await tags(town, chronicle)
            try await lists(town, chronicle)
            try await polls(town, chronicle)
            try await planned(town, chronicle)
            try await views(town, chronicle)
            try await closeFriends(town, chronicle)
            try await restrictions(town, chronicle)
            try await imports(town, chronicle)
            try await endings(town, chronicle)
            sink.yield(chronicle.lines)
        }
        sink.finish()
        return await lines.first { _ in true } ?? []
    }

    private static func people(_ town: Town, _ chronicle: Chronicle) async throws {
        for name in ["alice", "bob", "carol", "dan"] { try await chronicle.join(name) }
        await chronicle.noteFailure("a name again") { try await chronicle.join("alice") }
        await chronicle.noteFailure("a name that looks the same") { try await chronicle.join("a1lce") }
        await chronicle.noteFailure("a wrong password") {
            _ = try await town.sessions.login(name: "alice", password: "not the password")
        }
        let (account, tokens, _) = try await town.sessions.login(name: "BOB@example.org", password: "a password of bob")
        chronicle.note("bob logged in", account == chronicle.id("bob"))
        let bob = try await town.authenticator.authenticate(tokens.accessToken)
        var changes = ProfileChanges()
        changes.bio = .set(try Biography("Bäcker 🥖\nin the old town"))
        changes.isPrivate = true
        changes.currentPassword = "a password of bob"
        changes.email = try EmailAddress("bob@example.com")
        try await town.accounts.update(bob, changes)
        chronicle.note("mail", try await town.accounts.email(of: bob.accountID) ?? "none")
        await chronicle.noteFailure("a mail address again") {
            changes.email = try EmailAddress("alice@example.org")
            try await town.accounts.update(bob, changes)
        }
        let renewed = try await town.sessions.refresh(tokens.refreshToken)
        chronicle.note("refreshed", renewed.account == account)
        _ = try await town.sessions.refresh(tokens.refreshToken)
        town.time.step(11_000)
        await chronicle.noteFailure("refreshed twice") { _ = try await town.sessions.refresh(tokens.refreshToken) }
        try await follows(town, chronicle)
    }

    private static func follows(_ town: Town, _ chronicle: Chronicle) async throws {
        for (one, other) in [
            ("alice", "bob"), ("alice", "carol"), ("dan", "alice"), ("carol", "alice"), ("dan", "bob"),
        ] {
            let outcome = try await town.graph.follow(chronicle.id(one), chronicle.id(other))
            chronicle.note("\(one) follows \(other)", [outcome.following, outcome.requested])
        }
        let (alice, bob) = (chronicle.id("alice"), chronicle.id("bob"))
        try await chronicle.list(.requests(to: bob), as: "requests")
        try await town.graph.acceptRequest(bob, from: alice)
        await chronicle.noteFailure("accepted twice") { try await town.graph.acceptRequest(bob, from: alice) }
        try await chronicle.list(.followers(of: alice), as: "followers of alice")
        try await chronicle.list(.following(of: alice), as: "alice follows")
        chronicle.note("alice to bob", try await town.graph.relationship(alice, to: bob))
        for name in ["alice", "bob"] { try await chronicle.profile(name) }
    }

    /// - Returns: whether it was there before.
    private static func publish(
        _ text: String, under key: IdempotencyKey, body: [UInt8], _ town: Town, _ chronicle: Chronicle
    ) async throws -> Bool {
        let dan = try chronicle.id("dan")
        return try await town.posts.commands.once(IdempotentCommand(key, body: body)) { note in
            try await town.posts.publish(PostDraft(content: PostContent(text)), author: dan, noting: note)
        } again: {
            try await town.posts.post(ID($0), viewer: dan)
        }.replayed
    }

    private static func posts(_ town: Town, _ chronicle: Chronicle) async throws -> ID<Post> {
        let first = try await town.posts.publish(
            PostDraft(content: PostContent("one")), author: chronicle.id("alice"))
        _ = try await town.posts.publish(
            PostDraft(content: PostContent("two"), visibility: .followers), author: chronicle.id("bob"))
        let reply = try await town.posts.publish(
            PostDraft(content: PostContent("three"), replyTo: first.card.post.id), author: chronicle.id("carol"))
        _ = try await town.posts.publish(
            PostDraft(content: PostContent("four"), replyTo: reply.card.post.id), author: chronicle.id("dan"))
        let key = try IdempotencyKey(account: chronicle.id("dan"), route: "posts", text: "a-key")
        for _ in 0..<2 {
            chronicle.note("replayed", try await publish("five", under: key, body: [5], town, chronicle))
        }
        await chronicle.noteFailure("another body") {
            _ = try await publish("six", under: key, body: [6], town, chronicle)
        }
        await chronicle.noteFailure("U+0000") { _ = try PostContent("a\u{0}b") }
        for name in ["alice", "bob", "carol", "dan"] {
            try await chronicle.feed(of: name)
            try await chronicle.feed(of: name, cold: true)
        }
        return reply.card.post.id
    }

    private static func changes(_ town: Town, _ chronicle: Chronicle, _ reply: ID<Post>) async throws {
        let (alice, carol) = (chronicle.id("alice"), chronicle.id("carol"))
        let token = try await chronicle.token(of: "alice")
        _ = try await town.posts.edit(
            reply, content: PostContent("three, better"), visibility: .followers, viewer: carol)
        _ = try await town.posts.edit(reply, content: PostContent("three, open"), visibility: .everyone, viewer: carol)
        let history = try await town.posts.history(reply, viewer: alice)
        chronicle.note("history", history.map { "\($0.version) \($0.content) \($0.visibility)" })
        await chronicle.noteFailure("another's post") { try await town.posts.delete(reply, viewer: alice) }
        _ = try await town.graph.follow(alice, chronicle.id("dan"))
        try await chronicle.since(token, of: "alice")
        let listed = try await town.posts.posts(
            of: carol, viewer: alice, before: .highest, limit: 2, replies: false)
        chronicle.note("carol without replies", listed.posts.count)
        try await town.posts.delete(reply, viewer: carol)
        for name in ["alice", "dan"] { try await chronicle.feed(of: name) }
    }

    private static func restrictions(_ town: Town, _ chronicle: Chronicle) async throws {
        let (alice, bob, dan) = (chronicle.id("alice"), chronicle.id("bob"), chronicle.id("dan"))
        try await town.graph.mute(alice, dan)
        try await chronicle.feed(of: "alice")
        let token = try await chronicle.token(of: "alice")
        try await town.graph.unmute(alice, dan)
        try await chronicle.since(token, of: "alice")
        try await town.graph.block(bob, alice)
        chronicle.note("bob to alice", try await town.graph.relationship(bob, to: alice))
        await chronicle.noteFailure("follow a blocker") { _ = try await town.graph.follow(alice, bob) }
        try await chronicle.feed(of: "alice", cold: true)
        try await town.graph.unblock(bob, alice)
        _ = try await town.graph.unfollow(dan, alice)
        try await chronicle.feed(of: "dan")
        // Opening up takes in those who asked.
        var opened = ProfileChanges()
        opened.isPrivate = false
        let tokens = try await town.sessions.login(name: "bob", password: "a password of bob").tokens
        try await town.accounts.update(town.authenticator.authenticate(tokens.accessToken), opened)
        try await chronicle.list(.followers(of: bob), as: "followers of bob")
    }

    private static func imports(_ town: Town, _ chronicle: Chronicle) async throws {
        let names = ["erin", "frank", "alice"]
        let found = try await town.accounts.importAccounts(
            names.map { ImportedAccount(username: try Username($0), createdAt: 1_000) })
        chronicle.know(found)
        let (erin, frank, dan) = (chronicle.id("erin"), chronicle.id("frank"), chronicle.id("dan"))
        let follows = [(follower: dan, followee: erin), (dan, frank), (dan, erin), (erin, frank)]
        chronicle.note("follows", try await town.graph.importFollows(follows))
        let posts = (0..<8).map {
            ImportedPost(author: $0 % 2 == 0 ? erin : frank, content: "trace \($0)", writtenAt: 1_200_000_000_000)
        }
        for _ in 0..<2 {
            let checkpoint = ImportCheckpoint(source: "trace", linesDone: 8)
            chronicle.note("imported", try await town.posts.importPosts(posts, checkpoint: checkpoint))
        }
        let kinds: [ImportedKind] = [.repost, .mention, .reply]
        let activities = (0..<12).map { index in
            let (author, target) = index % 2 == 0 ? (erin, frank) : (frank, erin)
            return ImportedPost(
                author: author, content: "@frank \(index)", writtenAt: 1_200_000_001_000 + Int64(index),
                kind: kinds[index % 3], target: target, original: "made up")
        }
        let checkpoint = ImportCheckpoint(source: "activities", linesDone: 12)
        chronicle.note("activities", try await town.posts.importPosts(activities, checkpoint: checkpoint))
        try await chronicle.feed(of: "dan")
        for name in names { try await chronicle.profile(name) }
    }
}
