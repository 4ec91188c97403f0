/// Every bound of the server that is not a setting, in one place. Qualifiers come last.
package enum Limits {
    // Text
    package static let usernameLength = 2...30
    package static let displayNameCharactersMax = 50
    package static let bioCharactersMax = 500
    package static let emailBytesMax = 254
    package static let avatarURLBytesMax = 2_048
    /// Characters are grapheme clusters, what a person counts.
    package static let passwordCharactersMin = 8
    package static let passwordBytesMax = 256
    package static let contentCharactersMax = 5_000
    package static let contentBytesMax = 20_000
    package static let postRevisionsMax = 100
    package static let replyDepthMax = 64
    /// An address in a post; longer ones are text.
    package static let entityURLBytesMax = 4_096
    package static let hashtagScalarsMax = 100
    package static let hashtagKeyBytesMax = 512
    package static let mutedPhrasesMax = 500
    package static let mutedPhraseCharactersMax = 100
    package static let mutedPhraseBytesMax = 1_000

    // Requests
    package static let bodyBytesMax = 256 * 1024
    package static let headerBytesMax = 16 * 1024
    package static let headerCountMax = 100
    package static let urlBytesMax = 8 * 1024
    package static let jsonDepthMax = 32
    package static let pageSizeDefault = 20
    package static let pageSizeMax = 100
    package static let idempotencyKeyBytesMax = 255
    package static let idempotencyKeyLifetime: Duration = .seconds(24 * 3600)

    // Streams
    package static let webSocketFrameBytesMax = 64 * 1024
    package static let webSocketMessageBytesMax = 64 * 1024
    package static let streamOutboundBytesMax = 64 * 1024

    // Graph
    package static let followingMax = 10_000
    package static let followRequestsMax = 10_000
    package static let blocksMax = 10_000
    package static let mutesMax = 10_000

    // Timelines
    package static let homeTimelineEntriesMax = 800
    package static let userTimelineEntriesMax = 800
    package static let homeTimelineInactivityMax: Duration = .seconds(30 * 86_400)

    /// Imported posts of which a process remembers where they are.
    package static let importedPlacesMax = 65_536

    // Store and events
    package static let commitBatchMax = 256
    package static let commitQueueMax = 16_384
    package static let readerConnectionsMax = 4
    package static let readQueueMax = 16_384
    package static let preparedStatementsMax = 512
    package static let storeBusyMillisecondsMax: Int32 = 5_000
    package static let consumerBatchMax = 512
    package static let consumerBatchFactsMax = 20_000
    package static let consumerAttemptsMax = 5
    /// How long a group whose effects are rows lets events gather, once it has handled some.
    package static let consumerRest: Duration = .milliseconds(250)
    package static let eventTailMax = 4_096
    package static let eventTailFactsMax = 100_000
    package static let importBatchMax = 8_000
    package static let outboxPruneBatchMax = 5_000

    // Accounts
    package static let passwordHashesInFlightMax = 64
    package static let clientNameScalarsMax = 120
    package static let sessionsPerAccountMax = 100
    package static let issuedTokensMax = 100_000
    package static let verifiedTokensMax = 100_000
}
