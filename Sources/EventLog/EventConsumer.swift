import SQL

/// Someone who acts on events, as a consumer group of its own.
package protocol EventConsumer: Sendable {
    /// Names the group's offset and metrics; stable.
    var group: String { get }
    var topics: Set<Topic> { get }
}

/// A consumer whose effects are rows: they commit together with the offset, so a replay is harmless.
package protocol TransactionalConsumer: EventConsumer {
    /// Applies events in order. Throwing undoes the whole batch; it is then tried one by one.
    func handle(_ events: [Event], in store: any SQLWriter) throws
}

/// A consumer whose effects are in this process's memory, which starts empty: it begins at the head of the log, and
/// everything before that is read from the store when it is first needed.
package protocol VolatileConsumer: EventConsumer {
    /// Applies events in order; handling one twice must change nothing.
    func handle(_ events: [Event]) async throws
}

/// A consumer whose effects are kept outside this process and outside the store of record. Its offset is stored after
/// they were made, so an event may come again: handling it twice must change nothing.
package protocol IdempotentConsumer: EventConsumer {
    /// Applies events in order.
    func handle(_ events: [Event]) async throws
}
