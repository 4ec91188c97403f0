import Core
import Posts

extension OpenAPISchemas {
    static let polls: [(key: String, value: OpenAPIValue)] = [
        ("NewPoll", closed(newPoll)), ("Poll", poll), ("Vote", object("What you choose.", ["choices": choices])),
    ]

    private static let optionText: OpenAPIValue = [
        "type": "string", "minLength": 1, "maxLength": .integer(Limits.pollOptionCharactersMax),
        "examples": ["Tea"],
    ]

    private static let choices: OpenAPIValue = [
        "type": "array", "minItems": 1, "maxItems": .integer(Limits.pollOptions.upperBound),
        "items": ["type": "integer", "minimum": 0, "maximum": .integer(Limits.pollOptions.upperBound - 1)],
        "description": "Options, counted from 0; one where the poll is not `multiple`.", "examples": [[0]],
    ]

    private static let newPoll = object(
        "A poll to go with a post. It stays as it is when the post is edited.", optional: ["multiple", "hide_totals"],
        [
            "options": [
                "type": "array", "items": optionText, "minItems": .integer(Limits.pollOptions.lowerBound),
                "maxItems": .integer(Limits.pollOptions.upperBound),
                "description":
                    "No two alike, and without characters that cannot be seen or that change the direction of text.",
            ],
            "expires_in": [
                "type": "integer", "minimum": .integer(Int(Limits.pollSeconds.lowerBound)),
                "maximum": .integer(Int(Limits.pollSeconds.upperBound)),
                "description": "Seconds until it takes no more votes.", "examples": [86_400],
            ],
            "multiple": [
                "type": ["boolean", "null"], "default": false, "description": "Whether one may choose several options.",
            ],
            "hide_totals": [
                "type": ["boolean", "null"], "default": false,
                "description": "Whether only those who voted are shown the counts, until it is closed.",
            ],
        ])

    private static let hiddenCount: OpenAPIValue = [
        "type": ["integer", "null"], "format": "int64", "minimum": 0,
        "description": "Null where the counts are hidden from you.",
    ]

    private static let poll = object(
        "A post's poll.",
        [
            "options": [
                "type": "array",
                "items": object("An option.", ["text": optionText, "votes_count": hiddenCount]),
            ],
            "multiple": flag, "hide_totals": flag, "expires_at": time,
            "closed": flag.adding([
                ("description", "Whether it has ended; its author and voters are told in their notifications.")
            ]), "voters_count": hiddenCount,
            "choices": [
                "type": "array", "items": ["type": "integer"], "description": "Yours, counted from 0.",
            ],
            "voted": flag,
        ])
}
