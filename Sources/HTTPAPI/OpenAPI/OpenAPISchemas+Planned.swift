import Core
import Posts

extension OpenAPISchemas {
    static let planned: [(key: String, value: OpenAPIValue)] = [
        ("NewDraft", object("A post that is kept for later.", optional: optionalMembers, newMembers)),
        (
            "NewScheduledPost",
            object("A post that is to be published later.", optional: optionalMembers, newMembers + [newTime])
        ),
        (
            "Draft",
            object(
                "A post that you keep for later.", optional: ["post_id"],
                [("draft_id", reference("ID")), became] + members + times)
        ),
        (
            "ScheduledPost",
            object(
                "A post that is published at its time, with an id of its own then.", optional: ["post_id"],
                [("scheduled_id", reference("ID")), became] + members + schedule + times)
        ),
        ("DraftPage", page("drafts", of: "Draft", "Your drafts.")),
        ("ScheduledPostPage", page("scheduled", of: "ScheduledPost", "Your scheduled posts.")),
    ]

    private static let became: (key: String, value: OpenAPIValue) = (
        "post_id",
        reference("ID").adding([
            (
                "description",
                .string(
                    "The post that it has become: where the request that made it is sent again, under the same "
                        + "Idempotency-Key, after its publication.")
            )
        ])
    )

    private static let optionalMembers: Set<String> = ["visibility", "reply_to", "share_policy", "quote_of", "poll"]

    private static let newMembers: [(key: String, value: OpenAPIValue)] = newPostMembers.map { ($0.key, $0.value) }

    private static let newTime: (key: String, value: OpenAPIValue) = (
        "scheduled_at",
        time.adding([("description", "When to publish it: ahead, and no more than a year.")])
    )

    private static let postOrNull: OpenAPIValue = ["type": ["string", "null"], "pattern": "^[1-9][0-9]{0,18}$"]

    private static let members: [(key: String, value: OpenAPIValue)] = [
        ("content", content), ("visibility", ["type": "string", "enum": visibilityNames]),
        ("share_policy", sharePolicy), ("reply_to", postOrNull), ("quote_of", postOrNull),
        ("poll", orNull("NewPoll", "The poll that goes with it; its time begins with its publication.")),
    ]

    static let failureNames: [OpenAPIValue] = PlannedPost.Failure.allCases.map { .string($0.name) }

    private static let schedule: [(key: String, value: OpenAPIValue)] = [
        ("scheduled_at", time),
        (
            "failure",
            [
                "type": ["string", "null"],
                "enum": .array(failureNames + [nil]),
                "description": "Why it was not published at its time; change it to have it wait anew.",
            ]
        ),
    ]

    private static let times: [(key: String, value: OpenAPIValue)] = [("created_at", time), ("updated_at", time)]
}
