import Accounts
import Core
import HTTPAPI
import Posts
import Timelines

@testable import Starling

/// What readers had when they last looked, and what has become part of their feeds since.
struct Bookmarks {
    private struct Bookmark {
        let latest: Int64
        let seen: Set<Int64>
        /// Comments in threads that were closed to the reader: what opens a thread does not make them news.
        let closed: Set<Int64>
        /// Bulk imports and words unmuted until then; one between two looks means: reload.
        let reloads: Int
        /// The operation it was taken after.
        let moment: Int
    }

    private var kept: [Int: Bookmark] = [:]

    /// Takes the token of a first page. Fan-out has caught up.
    mutating func set(_ viewer: Int, reloads: Int, at moment: Int, _ inspection: Inspection) async throws {
        let page = try await inspection.world.node.api.feed.page(
            of: inspection.ids[viewer], before: .highest, limit: 3)
        let model = inspection.model
        // What is hidden is no news when it comes back.
        kept[viewer] = Bookmark(
            latest: page.latest, seen: Set(model.home(of: viewer).map(\.id)).union(model.hidden(from: viewer)),
            closed: Set(
                model.posts.values.filter { $0.author != viewer && !model.isAdmitted(viewer, toThreadOf: $0) }.map(\.id)
            ),
            reloads: reloads, moment: moment)
    }

    /// Looks what came since: all that became part of the feed, and nothing that is not part of it.
    func check(_ viewer: Int, pageSize: Int, reloads: Int, _ inspection: Inspection) async throws {
        guard let bookmark = kept[viewer] else { return }
        let home = inspection.model.home(of: viewer)
        let now = Set(home.map(\.id))
        let due = Set(home.filter { isNews($0, for: viewer, since: bookmark.moment, inspection.model) }.map(\.id))
        do {
            let shown = try await pages(viewer, bookmark, pageSize, inspection)
            let missing = due.subtracting(bookmark.seen).subtracting(bookmark.closed).subtracting(shown)
            let surplus = Set(shown).subtracting(now)
            guard missing.isEmpty, surplus.isEmpty, Set(shown).count == shown.count, bookmark.reloads == reloads else {
                throw Mismatch(what: "news by \(pageSize)", viewer: viewer, missing: missing, surplus: surplus)
            }
        } catch FeedError.reload {
            guard bookmark.reloads == reloads else { return }
            throw Mismatch(what: "news refused without need", viewer: viewer)
        }
    }

    /// A post that old reposts bring may come back to view by what its author does, which is no news.
    private func isNews(_ entry: Model.Entry, for viewer: Int, since moment: Int, _ model: Model) -> Bool {
        guard entry.place != entry.post.position, let first = entry.sharedBy.first else { return true }
        let follow = model.followedSince[Model.Pair(one: viewer, other: first.sharer)] ?? .max
        return first.since > moment || follow > moment
    }

    private func pages(
        _ viewer: Int, _ bookmark: Bookmark, _ pageSize: Int, _ inspection: Inspection
    ) async throws -> [Int64] {
        var shown: [Int64] = []
        var through: Int64?
        var before = Position.highest
        while true {
            let page = try await inspection.world.node.api.feed.page(
                of: inspection.ids[viewer], since: bookmark.latest, through: through, before: before, limit: pageSize)
            shown.append(contentsOf: page.posts.map(\.card.post.id.rawValue))
            guard let next = page.next else { return shown }
            through = page.latest
            before = next
        }
    }
}
