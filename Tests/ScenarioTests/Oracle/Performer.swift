import Accounts
import Core
import Engagement
import EventLog
import HTTPAPI
import Posts
import SQL
import SocialGraph
import TestSupport
import Timelines

@testable import Starling

/// Performs operations on the real services.
struct Performer {
    let world: World
    /// The ids of the model's users.
    private(set) var ids: [ID<Account>] = []
    private var imports = 0

    init(world: World) {
        self.world = world
    }

    private var graph: GraphService { world.node.api.graph }
    private var posts: PostService { world.node.api.posts }
    private var accounts: AccountService { world.node.api.accounts }

    /// - Parameter moment: the operation's number, which its texts carry.
    mutating func perform(_ operation: Operation, at moment: Int) async throws -> Outcome {
        do {
            switch operation {
            case .register:
                ids.append(try await accounts.createAccount(try Username("user\(ids.count)")).id)
                return .done
            case .post, .reply, .edit, .delete, .remove, .setComments, .importPosts:
                return try await performOnPosts(operation, moment)
            case .share, .unshare, .setSharing, .quote: return try await performOnShares(operation, moment)
            case .feedback(let id, let viewer, let feedback):
                try await give(feedback, on: id, viewer)
                return .done
            case .react, .bookmark: return try await performMark(operation)
            case .makeList, .changeList, .deleteList, .enlist, .delist: return try await performOnLists(operation)
            case .suspend, .reinstate, .deleteAccount, .setPrivate: return try await performOnAccount(operation)
            case .drainFanOut, .stepFanOut, .replay, .drainCounters, .drainDeletions, .dropTimeline, .dropTimelines,
                .restart, .wait, .read:
                return try await performOnServer(operation)
            default: return try await performOnGraph(operation)
            }
        } catch is GraphError {
            return .refused
        } catch is PostsError {
            return .refused
        } catch is AccountsError {
            return .refused
        }
    }

    private mutating func performOnPosts(_ operation: Operation, _ moment: Int) async throws -> Outcome {
        let content = try PostContent(Words.text(of: moment))
        switch operation {
        case .post(let author, let visibility):
            return .published([Self.published(try await posts.publish(draft(content, visibility), author: ids[author]))]
            )
        case .reply(let author, let parent, let visibility):
            let reply = PostDraft(content: content, visibility: visibility, replyTo: ID(parent))
            return .published([Self.published(try await posts.publish(reply, author: ids[author]))])
        case .edit(let id, let author, let visibility):
            _ = try await posts.edit(ID(id), content: content, visibility: visibility, viewer: ids[author])
        case .delete(let id, let author): try await posts.delete(ID(id), viewer: ids[author])
        case .remove(let id, let author): try await posts.removeComment(ID(id), viewer: ids[author])
        case .setComments(let id, let author, let policy):
            _ = try await posts.setCommentPolicy(policy, of: ID(id), viewer: ids[author])
        case .importPosts(let imported): return .published(try await bringIn(imported, moment))
        default: break
        }
        return .done
    }

    private func performOnShares(_ operation: Operation, _ moment: Int) async throws -> Outcome {
        switch operation {
        case .share(let id, let sharer):
            guard try await posts.share(ID(id), viewer: ids[sharer]).isNew else { return .done }
            let key: [SQLValue] = [.integer(ids[sharer].rawValue), .integer(id)]
            let position = try await world.node.database.read { store in
                try store.integer("SELECT position FROM reposts WHERE sharer_id = $1 AND post_id = $2", key)
            }
            return .published([Outcome.Published(id: id, position: position)])
        case .quote(let author, let id, let visibility):
            var quote = draft(try PostContent(Words.text(of: moment)), visibility)
            quote.quoteOf = ID(id)
            return .published([Self.published(try await posts.publish(quote, author: ids[author]))])
        case .unshare(let id, let sharer): try await posts.unshare(ID(id), viewer: ids[sharer])
        case .setSharing(let id, let author, let policy):
            _ = try await posts.edit(
                ID(id), content: try PostContent(Words.text(of: moment)), visibility: nil,
                sharePolicy: policy, viewer: ids[author])
        default: break
        }
        return .done
    }

    private func performMark(_ operation: Operation) async throws -> Outcome {
        switch operation {
        case .react(let id, let viewer, let reaction?):
            _ = try await world.node.api.reactions.react(reaction, to: ID(id), viewer: ids[viewer])
        case .react(let id, let viewer, nil):
            try await world.node.api.reactions.unreact(to: ID(id), viewer: ids[viewer])
        case .bookmark(let id, let viewer, true):
            _ = try await world.node.api.bookmarks.add(ID(id), folder: "", viewer: ids[viewer])
        case .bookmark(let id, let viewer, false):
            try await world.node.api.bookmarks.remove(ID(id), viewer: ids[viewer])
        default: break
        }
        return .done
    }

    private func give(_ feedback: Feedback?, on id: Int64, _ viewer: Int) async throws {
        let service = world.node.api.feedback
        if let feedback {
            try await service.give(feedback, on: ID(id), viewer: ids[viewer])
        } else {
            try await service.takeBack(ID(id), viewer: ids[viewer])
        }
    }

    private func draft(_ content: PostContent, _ visibility: Visibility) -> PostDraft {
        PostDraft(content: content, visibility: visibility)
    }

    private static func published(_ shown: PostService.Shown) -> Outcome.Published {
        Outcome.Published(id: shown.card.post.id.rawValue, position: shown.card.post.position.rawValue)
    }

    /// An import tells no ids, so they are looked up by the text.
    private mutating func bringIn(
        _ imported: [(author: Int, writtenAt: Int64)], _ moment: Int
    ) async throws -> [Outcome.Published] {
        let texts = imported.indices.map { Words.text(of: moment, number: $0) }
        let rows = zip(imported, texts).map { one, text in
            ImportedPost(author: ids[one.author], content: text, writtenAt: one.writtenAt)
        }
        imports += 1
        _ = try await posts.importPosts(
            rows, checkpoint: ImportCheckpoint(source: "schedule", linesDone: Int64(imports)))
        return try await world.node.database.read { store in
            try texts.compactMap { text in
                try store.first("SELECT id, position FROM posts WHERE content = $1", [.text(text)]) {
                    Outcome.Published(id: $0.int64(0), position: $0.int64(1))
                }
            }
        }
    }

    private func performOnAccount(_ operation: Operation) async throws -> Outcome {
        switch operation {
        case .suspend(let user): try await accounts.suspend(ids[user])
        case .reinstate(let user): try await accounts.reinstate(ids[user])
        case .deleteAccount(let user): try await accounts.delete(ids[user])
        case .setPrivate(let user, let isPrivate):
            var changes = ProfileChanges()
            changes.isPrivate = isPrivate
            try await accounts.update(Principal(accountID: ids[user], sessionID: 0, expiresAt: .max), changes)
        default: break
        }
        return .done
    }

    private func performOnGraph(_ operation: Operation) async throws -> Outcome {
        switch operation {
        case .follow(let one, let other):
            let outcome = try await graph.follow(ids[one], ids[other])
            return outcome.following ? .following : outcome.requested ? .requested : .refused
        case .unfollow(let one, let other): _ = try await graph.unfollow(ids[one], ids[other])
        case .block(let one, let other): try await graph.block(ids[one], ids[other])
        case .unblock(let one, let other): try await graph.unblock(ids[one], ids[other])
        case .mute(let one, let other): try await graph.mute(ids[one], ids[other])
        case .unmute(let one, let other): try await graph.unmute(ids[one], ids[other])
        case .befriend(let one, let other): try await graph.addCloseFriend(ids[other], of: ids[one])
        case .unfriend(let one, let other): try await graph.removeCloseFriend(ids[other], of: ids[one])
        case .muteWords(let one, let phrase, let scopes):
            _ = try await graph.muteWord(phrase, in: scopes, until: nil, viewer: ids[one])
        case .unmuteWords(let one, let phrase):
            for word in try await graph.mutedWords(of: ids[one]) where word.phrase == phrase {
                try await graph.unmuteWord(word.id, viewer: ids[one])
            }
        case .accept(let one, let other): try await graph.acceptRequest(ids[one], from: ids[other])
        case .reject(let one, let other): try await graph.rejectRequest(ids[one], from: ids[other])
        case .importFollows(let pairs):
            _ = try await graph.importFollows(pairs.map { (follower: ids[$0.0], followee: ids[$0.1]) })
        default: break
        }
        return .done
    }

    private func performOnServer(_ operation: Operation) async throws -> Outcome {
        switch operation {
        case .drainFanOut: try await world.drain("fanout")
        case .stepFanOut(let count): try await world.stepFanOut(count)
        case .replay(let part, let count):
            let head = try await world.node.eventLog.head()
            try await world.replay(after: Int64(Double(head) * part), count)
        case .drainCounters:
            try await world.drain("account-counters")
            try await world.drain("post-counters")
        case .drainDeletions: try await world.drain("deleted-accounts")
        case .dropTimeline(let user): world.node.home.drop(ids[user])
        case .dropTimelines: try world.dropTimelines()
        case .restart: try await world.restart()
        case .wait(let milliseconds): world.clock.step(milliseconds)
        default: break
        }
        return .done
    }
}
