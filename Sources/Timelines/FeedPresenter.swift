import Accounts
import Core
import Posts

/// Writes posts by splicing what is encoded already: no encoder runs on the read path.
package enum FeedPresenter {
    /// About a page of twenty short posts.
    private static let capacity = 12 * 1024

    /// `{"posts": […], "next_cursor": …, "latest": …}`
    package static func json(
        _ posts: [PostService.Shown], next: String?, latest: String? = nil
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: capacity)
        writer.raw("{\"posts\":[")
        var bytes = writer.bytes
        for (index, shown) in posts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            shown.card.write(author: shown.author.authorJSON, viewer: ViewerFlags(), to: &bytes)
        }
        var tail = JSONWriter(capacity: 96)
        tail.raw("],\"next_cursor\":")
        tail.string(next)
        if let latest {
            tail.raw(",\"latest\":")
            tail.string(latest)
        }
        tail.raw("}")
        bytes.append(contentsOf: tail.bytes)
        return bytes
    }

    /// One post on its own.
    package static func json(_ shown: PostService.Shown) -> [UInt8] {
        var bytes: [UInt8] = []
        shown.card.write(author: shown.author.authorJSON, viewer: ViewerFlags(), to: &bytes)
        return bytes
    }
}
