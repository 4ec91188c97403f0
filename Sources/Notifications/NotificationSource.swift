import EventLog
import SQL

/// Makes notifications of events: one for each kind of thing that people do. A new kind is a new source, and its place in
/// `NotificationsConsumer.sources`.
package protocol NotificationSource: Sendable {
    /// Says what these events have to tell. They are in order, and of all kinds.
    func read(_ events: [Event], into draft: inout NotificationDraft, _ store: any SQLReader) throws
}
