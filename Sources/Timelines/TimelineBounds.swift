import Core

/// How many entries a timeline in memory keeps.
package struct TimelineBounds: Sendable {
    package let homeEntriesMax: Int
    package let userEntriesMax: Int

    package init(
        homeEntriesMax: Int = Limits.homeTimelineEntriesMax, userEntriesMax: Int = Limits.userTimelineEntriesMax
    ) {
        self.homeEntriesMax = homeEntriesMax
        self.userEntriesMax = userEntriesMax
    }
}
