import Exports

extension OpenAPISchemas {
    static let exports: [(key: String, value: OpenAPIValue)] = [
        (
            "Export",
            object(
                "An archive of your account, or how far it is.",
                [
                    "state": [
                        "type": "string", "enum": .array(ExportState.allCases.map { .string($0.name) }),
                        "description": "An archive can be loaded while it is `ready`.",
                    ],
                    "asked_at": time, "sections_done": count, "sections": count, "items_done": count,
                    "bytes": ["type": ["integer", "null"], "format": "int64", "minimum": 0],
                    "finished_at": emptyTime, "expires_at": emptyTime,
                ])
        ),
        (
            "KeptItems",
            object(
                "What of the archive that your account came with refers to accounts and posts that are not here.",
                [
                    "sections": [
                        "type": "array",
                        "items": object(
                            "A section with such items.",
                            [
                                "section": [
                                    "type": "string",
                                    "enum": .array(ExportSections.all.map { .string($0.name) }),
                                ], "items_count": count,
                            ]),
                    ]
                ])
        ),
        ("Archive", ["type": "string", "contentMediaType": .string(ArchiveFormat.contentType)]),
    ]
}
