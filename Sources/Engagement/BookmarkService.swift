import Accounts
import Core
import Posts
import SQL

/// Marks the ids of bookmarks, which order lists of them.
package enum BookmarkRow {}

/// The posts that an account keeps for later, in folders, for nobody else to see.
package struct BookmarkService: Sendable {
    private let database: any Database
    private let posts: PostService
    private let marks: ViewerMarksCache
    private let ids: IDGenerator

    package init(database: any Database, posts: PostService, marks: ViewerMarksCache, ids: IDGenerator) {
        self.database = database
        self.posts = posts
        self.marks = marks
        self.ids = ids
    }

    /// Keeps a post, or moves it to another folder.
    /// - Parameter folder: "" for none.
    /// - Throws: `PostsError.notFound` where the viewer may not see the post, `PostsError.invalid` for a folder name that
    ///   is too long, or in which there is nothing to see or something that deceives.
    package func add(_ id: ID<Post>, folder: String, viewer: ID<Account>) async throws -> PostService.Shown {
        guard folder.count <= Limits.bookmarkFolderCharactersMax, folder.utf8.count <= Limits.bookmarkFolderBytesMax,
            !folder.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw PostsError.invalid(
                "folder", "A folder's name has at most \(Limits.bookmarkFolderCharactersMax) characters.")
        }
        guard folder.isEmpty || !DeceivingCharacters.areIn(folder) else {
            throw PostsError.invalid(
                "folder",
                "A folder's name holds no characters that cannot be seen or that change the direction of text.")
        }
        var shown = try await posts.post(id, viewer: viewer)
        let row: ID<BookmarkRow> = try await ids.next(bucket: viewer.bucket)
        let insert = Statement(
            """
            INSERT INTO bookmarks (account_id, post_id, folder, bookmark_id) VALUES ($1, $2, $3, $4)
            ON CONFLICT (account_id, post_id) DO UPDATE SET folder = excluded.folder
            """,
            [.integer(viewer.rawValue), .integer(id.rawValue), .text(folder), .integer(row.rawValue)])
        let mask = ViewerFlags.Field.bookmarked.mask
        try await commit([insert], id, viewer, value: mask)
        shown.flags = shown.flags.replacing(mask, with: mask)
        return shown
    }

    /// Lets a post go, also one that is not to be seen any more.
    /// - Throws: `PostsError.notFound` for a post that is neither kept nor to be seen.
    package func remove(_ id: ID<Post>, viewer: ID<Account>) async throws {
        guard try await marks.flags(of: [id], viewer: viewer)[id]?.isBookmarked == true else {
            _ = try await posts.post(id, viewer: viewer)
            return
        }
        let delete = Statement(
            "DELETE FROM bookmarks WHERE account_id = $1 AND post_id = $2",
            [.integer(viewer.rawValue), .integer(id.rawValue)])
        try await commit([delete], id, viewer, value: 0)
    }

    private func commit(_ statements: [Statement], _ id: ID<Post>, _ viewer: ID<Account>, value: Int64) async throws {
        _ = try await database.commit(
            statements + MarkQueries.set(.bookmarked, to: value, of: id, by: viewer),
            announcing: [
                .marked(
                    account: viewer.rawValue, post: id.rawValue, mask: ViewerFlags.Field.bookmarked.mask, value: value)
            ])
    }

    private struct Kept: Sendable {
        let row: Int64
        let post: ID<Post>
    }

    /// A page of kept posts, the newest bookmark first, filled as `Database.filledPage` does it. Posts that are not to be
    /// seen any more are left out.
    /// - Parameter folder: one folder's, or nil for all.
    package func bookmarks(
        of viewer: ID<Account>, folder: String?, before: Int64?, limit: Int
    ) async throws -> (posts: [PostService.Shown], next: Int64?) {
        let page = try await database.filledPage(after: before, limit: limit, place: \Kept.row) { place, count, store in
            try store.query(
                """
                SELECT bookmark_id, post_id FROM bookmarks WHERE account_id = $1 AND bookmark_id < $2
                    \(folder == nil ? "" : "AND folder = $4") ORDER BY bookmark_id DESC LIMIT $3
                """,
                [.integer(viewer.rawValue), .integer(place ?? .max), .integer(Int64(count))]
                    + (folder.map { [.text($0)] } ?? [])
            ) { Kept(row: $0.int64(0), post: $0.id(1)) }
        } show: { kept in
            let shown = try await posts.posts(kept.map(\.post), viewer: viewer)
            let byID = Dictionary(shown.map { ($0.card.post.id, $0) }) { first, _ in first }
            return kept.compactMap { row in byID[row.post].map { (row: row, entry: $0) } }
        }
        return (page.entries, page.next)
    }

    package struct Folder: Sendable {
        package let name: String
        package let count: Int64
    }

    /// The folders by name, with how many posts are in each that were not deleted since; "" is where those without a
    /// folder are.
    package func folders(of viewer: ID<Account>) async throws -> [Folder] {
        let layout = PostLayout(database.dialect)
        return try await database.read { store in
            try store.query(
                """
                SELECT b.folder, count(*) FROM bookmarks b \(layout.joinPost(where: "id", is: "b.post_id"))
                WHERE b.account_id = $1 AND p.state = 3 GROUP BY b.folder ORDER BY b.folder LIMIT $2
                """,
                [.integer(viewer.rawValue), .integer(Int64(Limits.bookmarkFoldersListed))]
            ) { Folder(name: $0.text(0), count: $0.int64(1)) }
        }
    }
}

extension Limits {
    package static let bookmarkFolderCharactersMax = 50
    package static let bookmarkFolderBytesMax = 500
    package static let bookmarkFoldersListed = 1_000
}
