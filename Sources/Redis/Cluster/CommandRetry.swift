/// One command of a batch that goes to a node, the first time or again.
struct CommandRoute: Sendable {
    /// Its place in the batch; nil for `ASKING`, whose reply nobody reads.
    let command: Int?
    /// Where the cluster sent it; nil for the owner of its slot.
    var address: RedisAddress?
    /// It was sent to a node that is only about to own the slot.
    var isAsking = false
    /// With the script's source, because the node did not know its hash.
    var isWhole = false
}

/// Why a command was not run and may be sent again: only errors that Redis answers in place of running anything.
struct CommandRetry: Sendable {
    enum Reason: String, CaseIterable, Sendable {
        case moved, ask, wait, script
    }

    let reason: Reason
    let route: CommandRoute

    init(reason: Reason, route: CommandRoute) {
        self.reason = reason
        self.route = route
    }

    /// - Parameters:
    ///   - error: as the node at `asked` answered it.
    ///   - isScript: whether the command runs one by its hash.
    /// - Returns: nil for an error that is the command's own.
    init?(_ error: RedisError, of route: CommandRoute, asked: RedisAddress, isScript: Bool) {
        var route = route
        let words = error.detail.split(separator: " ", maxSplits: 3)
        switch words.first {
        case "MOVED", "ASK":
            guard words.count >= 3, let address = Self.address(words[2], asked: asked) else { return nil }
            reason = words[0] == "ASK" ? .ask : .moved
            route.address = address
            route.isAsking = reason == .ask
        case "TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN":
            reason = .wait
            route.address = nil
            route.isAsking = false
        case "NOSCRIPT" where isScript:
            reason = .script
            route.isWhole = true
        default: return nil
        }
        self.route = route
    }

    /// `host:port`; without a host, that of the node which answered.
    private static func address(_ text: Substring, asked: RedisAddress) -> RedisAddress? {
        RedisAddress(text.hasPrefix(":") ? Substring(asked.host) + text : text, defaultPort: nil)
    }
}
