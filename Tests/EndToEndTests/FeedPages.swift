import HTTPClient
import TestSupport

/// Reads a home feed page by page.
enum FeedPages {
    /// - Returns: the ids of its first `count` posts, all of them where there are fewer.
    static func ids(_ api: APIClient, count: Int = .max, pageSize: Int = 100) async throws -> [String] {
        var ids: [String] = []
        var cursor: String?
        repeat {
            let path = "/v1/feed?limit=\(pageSize)" + (cursor.map { "&cursor=\($0)" } ?? "")
            let page = try await api.get(path).json
            ids += page["posts"].strings("post_id")
            cursor = page["next_cursor"].string
        } while cursor != nil && ids.count < count
        return Array(ids.prefix(count))
    }
}
