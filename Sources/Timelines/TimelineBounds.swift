import Core

/// How many entries a timeline in memory keeps.
package struct TimelineBounds: Sendable {
    package let homeEntriesMax: Int
    package let userEntriesMax: Int
    /// Posts of a new followee that are merged in; what lies below them is the store's to tell of.
    package let backfillEntriesMax: Int

    package init(
        homeEntriesMax: Int = Limits.homeTimelineEntriesMax, userEntriesMax: Int = Limits.userTimelineEntriesMax,
        backfillEntriesMax: Int = Limits.homeTimelineEntriesMax
    ) {
        self.homeEntriesMax = homeEntriesMax
        self.userEntriesMax = userEntriesMax
        self.backfillEntriesMax = backfillEntriesMax
    }
}
