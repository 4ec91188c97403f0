import Core
import SocialGraph

extension OpenAPISchemas {
    static let mutedWords: [(key: String, value: OpenAPIValue)] = [
        (
            "MutedWord",
            object(
                "A word or phrase that you do not want to read.",
                ["muted_word_id": reference("ID"), "phrase": phrase, "scopes": scopes, "expires_at": emptyTime])
        ),
        (
            "NewMutedWord",
            object(
                "A word or phrase to mute.", optional: ["scopes", "expires_at"],
                ["phrase": phrase, "scopes": scopesToSet, "expires_at": expiry])
        ),
        (
            "MutedWordList",
            object(
                "All words that you mute.",
                [
                    "muted_words": [
                        "type": "array", "items": reference("MutedWord"), "maxItems": .integer(Limits.mutedPhrasesMax),
                    ]
                ])
        ),
    ]

    private static let phrase: OpenAPIValue = [
        "type": "string", "minLength": 1, "maxLength": .integer(Limits.mutedPhraseCharactersMax),
        "examples": ["season finale"],
    ]

    private static let scope: OpenAPIValue = [
        "type": "string", "enum": .array(MutingScopes.named.map { .string($0.key) }),
    ]

    private static let scopes: OpenAPIValue = ["type": "array", "items": scope, "minItems": 1]

    private static let scopesToSet: OpenAPIValue = [
        "type": ["array", "null"], "items": scope, "minItems": 1,
        "description": "Where it hides something; left out, everywhere.", "examples": [["home", "notifications"]],
    ]

    private static let expiry: OpenAPIValue = [
        "type": ["string", "null"], "format": "date-time", "description": "Left out, it stays until you lift it.",
        "examples": ["2030-01-31T20:00:00Z"],
    ]
}
