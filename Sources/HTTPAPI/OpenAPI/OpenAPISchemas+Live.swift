import Core
import Engagement

extension OpenAPISchemas {
    static let live: [(key: String, value: OpenAPIValue)] = [
        (
            "EventStream",
            [
                "type": "string",
                "description": """
                Events in the form of https://html.spec.whatwg.org/multipage/server-sent-events.html, each with an `id` and \
                JSON as `data`:

                - `post.new`, `post.updated`: `{"post_id"}` of a post that your home feed shows; with `sharer_id`, the
                  account that you follow who brought it there by sharing it. A post that its author, whom you follow, opens
                  to you by an edit is new.
                - `post.deleted`: `{"post_id"}` of a post that was in your stream or on your feed's first page, and is not \
                to be seen any more; where you resume, also of one that came and went meanwhile.
                - `counters`: `{"posts": [{"post_id", "likes_count", "comments_count", "shares_count"}]}` of such posts, at \
                most once in a second.
                - `notification`: `{"notification_id", "kind"}` of what `GET /v1/notifications` has as its newest by now.
                - `read-marker`: your markers, as `GET /v1/me/markers` gives them.
                - `reset`: `{}`; events may be missing, so load anew what you show.

                Where you resume, what you missed is told as far as your home feed would show it now: of a post that came and \
                was closed to you meanwhile, nothing is.
                """,
                "examples": ["id: 9f3c-12\nevent: post.new\ndata: {\"post_id\":\"2764810273419395072\"}\n\n"],
            ]
        ),
        ("Marker", marker), ("Markers", markers), ("MarkerMoves", moves),
    ]

    private static let marker = object(
        "How far you have read a list.",
        [
            "last_read_id": reference("ID"),
            "version": ["type": "integer", "format": "int64", "minimum": 1, "description": "Grows with every move."],
            "updated_at": time,
        ])

    private static let markers = object(
        "Your markers; a list that you never read has none.", optional: ["home", "notifications"],
        ["home": reference("Marker"), "notifications": reference("Marker")])

    private static let moves = object(
        "The ids of the newest entries you have read.", optional: ["home", "notifications", "backward"],
        [
            "home": reference("ID"), "notifications": reference("ID"),
            "backward": [
                "type": "boolean", "default": false,
                "description":
                    "Markers only move forward, so that a device which lags takes nothing back; unless you say so.",
            ],
        ])
}
