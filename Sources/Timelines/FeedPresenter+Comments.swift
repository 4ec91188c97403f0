import Core
import Posts

extension FeedPresenter {
    /// `{"comments": […], "next_cursor": …}`
    package static func json(comments: [PostService.Shown], next: Cursor?) -> [UInt8] {
        let expected = comments.reduce(framingBytes) { $0 + $1.commentByteCount + 1 }
        return [UInt8](splicing: expected) { splicer in
            splicer.append("{\"comments\":[" as StaticString)
            for (index, shown) in comments.enumerated() {
                if index > 0 { splicer.append(UInt8(ascii: ",")) }
                shown.writeComment(to: &splicer)
            }
            close(next: next, latest: nil, to: &splicer)
            return true
        } ?? []
    }

    /// One comment on its own.
    package static func json(comment shown: PostService.Shown) -> [UInt8] {
        [UInt8](splicing: shown.commentByteCount) { splicer in
            shown.writeComment(to: &splicer)
            return true
        } ?? []
    }
}

extension PostService.Shown {
    fileprivate var commentByteCount: Int { byteCount + PostCard.commentBytesMax }
}
