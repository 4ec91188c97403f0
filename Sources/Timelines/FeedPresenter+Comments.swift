import Core
import Posts
import Telemetry

extension FeedPresenter {
    /// `{"comments": […], "next_cursor": …}`
    package static func json(comments: [ListedComment], next: Cursor?) -> [UInt8] {
        let expected = comments.reduce(framingBytes) { $0 + $1.byteCount + 1 }
        return [UInt8](splicing: expected) { splicer in
            splicer.append("{\"comments\":[" as StaticString)
            for (index, comment) in comments.enumerated() {
                if index > 0 { splicer.append(UInt8(ascii: ",")) }
                comment.write(to: &splicer)
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

extension ListedComment {
    fileprivate var byteCount: Int {
        switch self {
        case .comment(let shown): shown.commentByteCount
        case .deleted: DeletedComment.byteCount
        }
    }

    fileprivate func write(to splicer: inout ByteSplicer) {
        switch self {
        case .comment(let shown): shown.writeComment(to: &splicer)
        case .deleted(let place): place.write(to: &splicer)
        }
    }
}

extension DeletedComment {
    /// About the bytes of one.
    fileprivate static let byteCount = 160

    fileprivate func write(to splicer: inout ByteSplicer) {
        var writer = JSONWriter(capacity: Self.byteCount)
        writer.raw("{\"comment_id\":")
        writer.id(id.rawValue)
        writer.raw(",\"reply_to\":")
        writer.id(replyTo.rawValue)
        writer.raw(",\"created_at\":")
        writer.string(Timestamp.string(createdAt))
        writer.raw(",\"comments_count\":")
        writer.integer(comments)
        writer.raw(",\"unavailable\":true}")
        splicer.append(writer.bytes)
    }
}
