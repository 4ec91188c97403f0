import Core
import Testing

@testable import Starling

/// Posts of archives that come from anybody.
@Suite("Posts of archives")
struct ArchivePostTests {
    private typealias Archives = ArchiveImportTests

    static let hostilePosts: [(String, String)] = [
        (Archives.post(Archives.post + 4_096), "post_id is not one of this account's"),
        (Archives.post(Snowflake(unixMilliseconds: 3_000_000_000_000, bucket: 5, low: 1).rawValue), "from the future"),
        (Archives.post(state: "deleted"), "state is not as it must be"),
        (Archives.post(state: "3"), "state is not as it must be"),
        (Archives.post(content: ""), "content is empty"),
        (Archives.post(content: String(repeating: "x", count: 6_000)), "longer than"),
        (Archives.post().replacing("public", with: "everyone's"), "visibility is not as it must be"),
        (Archives.post().replacing(#""version":1,"#, with: #""version":-1,"#), "version is not as it must be"),
        (Archives.post().replacing(#""version":1,"#, with: ""), "version is missing"),
        (#"{"post_id":"-1"}"#, "post_id is not as it must be"),
        (Archives.post(more: #","likes_count":9000"#), "likes_count is not a member of such items"),
        (
            Archives.post(
                more: #","poll":{"options":["a","b"],"multiple":false,"hide_totals":false,"votes_count":9,"#
                    + #""expires_at":"2020-01-01T00:00:00.000Z"}"#),
            "poll is not as it must be"
        ),
        (
            Archives.post(
                more: #","poll":{"options":["a"],"multiple":false,"hide_totals":false,"#
                    + #""expires_at":"2020-01-01T00:00:00.000Z"}"#),
            "2 to 4 options"
        ),
        (
            Archives.post(
                more: #","poll":{"options":["a","b"],"multiple":false,"hide_totals":false,"#
                    + #""expires_at":"2920-01-01T00:00:00.000Z"}"#),
            "expires_at is not as it must be"
        ),
        (
            Archives.post().replacing("2020-01-01", with: "2920-01-01"), "created_at is not as it must be"
        ),
        (
            Archives.post().replacing(
                #""history":[]"#,
                with:
                    #""history":[{"version":1,"content":"a","visibility":"public","written_at":"2020-01-01T00:00:00.000Z"}]"#
            ),
            "history is not as it must be"
        ),
    ]

    @Test("posts that nobody could have written are refused", arguments: hostilePosts.indices)
    func refusedPosts(index: Int) async throws {
        let (json, sentence) = Self.hostilePosts[index]
        let files = [
            ("manifest.json", Archives.manifest), ("profile/000001.json", Archives.profile),
            ("posts/000001.json", Archives.file(json)),
        ]
        let text = try await Archives.tried(try Archives.archive(files))
        #expect(text.contains("posts/000001.json, line 2: ") && text.contains(sentence), "\(text)")
    }

    @Test("an item that comes twice is refused, with its line")
    func twice() async throws {
        let text = try await Archives.tried(
            try Archives.archive([
                ("manifest.json", Archives.manifest), ("profile/000001.json", Archives.profile),
                ("posts/000001.json", Archives.file(Archives.post(), Archives.post())),
            ]))
        #expect(text.contains("posts/000001.json, line 3: its id is not above that of the item before"), "\(text)")
    }
}
