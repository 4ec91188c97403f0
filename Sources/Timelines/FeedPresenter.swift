import Accounts
import Core
import Posts

/// Writes posts by splicing what is encoded already: no encoder runs on the read path.
package enum FeedPresenter {
    /// Room beside the posts of a page.
    static let framingBytes = 256

    static let opening: StaticString = "{\"posts\":["

    /// `{"posts": […], "next_cursor": …, "latest": …}`
    /// - Parameter latest: left out where nil.
    package static func json(_ posts: [PostService.Shown], next: Cursor?, latest: Cursor? = nil) -> [UInt8] {
        let expected = posts.reduce(framingBytes) { $0 + $1.byteCount + 1 }
        return [UInt8](splicing: expected) { splicer in
            splicer.append(opening)
            for (index, shown) in posts.enumerated() {
                if index > 0 { splicer.append(UInt8(ascii: ",")) }
                shown.write(to: &splicer)
            }
            close(next: next, latest: latest, to: &splicer)
            return true
        } ?? []
    }

    /// Lays what follows the posts of a page.
    static func close(next: Cursor?, latest: Cursor?, to splicer: inout ByteSplicer) {
        splicer.append("],\"next_cursor\":" as StaticString)
        append(next, to: &splicer)
        if let latest {
            splicer.append(",\"latest\":" as StaticString)
            append(latest, to: &splicer)
        }
        splicer.append(UInt8(ascii: "}"))
    }

    /// A cursor's text needs no escapes.
    private static func append(_ cursor: Cursor?, to splicer: inout ByteSplicer) {
        guard let cursor else { return splicer.append("null" as StaticString) }
        splicer.append(UInt8(ascii: "\""))
        cursor.append(to: &splicer)
        splicer.append(UInt8(ascii: "\""))
    }

    /// One post on its own.
    package static func json(_ shown: PostService.Shown) -> [UInt8] {
        [UInt8](splicing: shown.byteCount) { splicer in
            shown.write(to: &splicer)
            return true
        } ?? []
    }
}
