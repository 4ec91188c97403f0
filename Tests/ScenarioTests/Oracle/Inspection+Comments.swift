import Core
import HTTPAPI
import Posts
import SocialGraph

@testable import Starling

extension Inspection {
    /// The replies to one post, page by page, with the places of those that are gone.
    func checkComments(on post: Model.Post, for viewer: Int?, pageSize: Int) async throws {
        let what = "comments on \(post.id) by \(pageSize)"
        let expected = model.comments(on: post, for: viewer)
        let found: [ListedComment]
        do {
            found = try await comments(on: post, for: viewer, pageSize: pageSize, what)
        } catch is PostsError {
            guard expected == nil else { throw Mismatch(what: what + " are refused", viewer: viewer) }
            return
        }
        guard let expected else { throw Mismatch(what: what + " should be refused", viewer: viewer) }
        try comparePlaces(found, expected, viewer, what)
        try compare(
            found.compactMap(\.shown), expected.filter { !$0.isDeleted }.map { Model.Entry($0) }, viewer, .comments,
            what)
    }

    private func comments(
        on post: Model.Post, for viewer: Int?, pageSize: Int, _ what: String
    ) async throws -> [ListedComment] {
        var found: [ListedComment] = []
        var place: [Int64]?
        repeat {
            let page = try await world.node.api.posts.comments(
                on: ID(post.id), viewer: viewer.map { ids[$0] }, by: .newest, after: place, limit: pageSize)
            found.append(contentsOf: page.comments)
            place = page.next
            // Where a page ends is told, so it ends with what is shown.
            guard place == nil || place == page.comments.last.map({ [$0.position] }) else {
                throw Mismatch(what: "end of a page of " + what, viewer: viewer)
            }
        } while place != nil
        return found
    }

    private func comparePlaces(
        _ found: [ListedComment], _ expected: [Model.Post], _ viewer: Int?, _ what: String
    ) throws {
        let shown = found.map(\.id)
        guard shown == expected.map(\.id) else {
            throw Mismatch(
                what: what, viewer: viewer, missing: Set(expected.map(\.id)).subtracting(shown),
                surplus: Set(shown).subtracting(expected.map(\.id)))
        }
        for (comment, wanted) in zip(found, expected) {
            guard case .deleted(let place) = comment else {
                guard !wanted.isDeleted else { throw Mismatch(what: "a deleted one in " + what, viewer: viewer) }
                continue
            }
            guard wanted.isDeleted, place.replyTo.rawValue == wanted.replyTo,
                Int(place.comments) == model.commentCount(of: wanted.id)
            else { throw Mismatch(what: "a place in " + what, viewer: viewer, missing: [wanted.id]) }
        }
    }
}

extension ListedComment {
    fileprivate var id: Int64 {
        switch self {
        case .comment(let shown): shown.card.post.id.rawValue
        case .deleted(let place): place.id.rawValue
        }
    }

    fileprivate var position: Int64 {
        switch self {
        case .comment(let shown): shown.place.rawValue
        case .deleted(let place): place.position.rawValue
        }
    }
}
