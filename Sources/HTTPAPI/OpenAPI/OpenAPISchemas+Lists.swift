import Core
import SocialGraph

extension OpenAPISchemas {
    static let lists: [(key: String, value: OpenAPIValue)] = [
        (
            "List",
            object(
                "A list of accounts that you follow, for you alone.",
                [
                    "list_id": reference("ID"), "title": title, "exclusive": exclusive(["boolean"]),
                    "replies": replies(["string"], []), "members_count": count,
                ])
        ),
        ("ListPage", page("lists", of: "List", "Your lists, the newest first.")),
        (
            "NewList",
            object(
                "A list to make.", optional: ["exclusive", "replies"],
                ["title": title, "exclusive": exclusive(orNull), "replies": replies(["string", "null"], [nil])])
        ),
        (
            "ListChanges",
            object(
                "What to change; the rest stays.", optional: ["title", "exclusive", "replies"],
                [
                    "title": title.adding([("type", ["string", "null"])]), "exclusive": exclusive(orNull),
                    "replies": replies(["string", "null"], [nil]),
                ])
        ),
        (
            "NewListMembers",
            object(
                "Accounts to put on a list: all of them, or none.",
                [
                    "user_ids": [
                        "type": "array", "items": reference("ID"), "minItems": 1,
                        "maxItems": .integer(Limits.listMembersAtOnceMax),
                    ]
                ])
        ),
    ]

    private static let orNull: [OpenAPIValue] = ["boolean", "null"]

    private static let title: OpenAPIValue = [
        "type": "string", "minLength": 1, "maxLength": .integer(Limits.listTitleCharactersMax),
        "examples": ["Friends"],
    ]

    private static func exclusive(_ types: [OpenAPIValue]) -> OpenAPIValue {
        [
            "type": .array(types),
            "description": "Whether what its members post and share is left out of your home feed.",
        ]
    }

    private static func replies(_ types: [OpenAPIValue], _ more: [OpenAPIValue]) -> OpenAPIValue {
        [
            "type": .array(types), "enum": .array(ListedReplies.allCases.map { .string($0.name) } + more),
            "description": """
            Which replies of members the list shows, besides those to themselves and to you: to accounts that you follow, \
            to other members, or none.
            """,
        ]
    }
}
