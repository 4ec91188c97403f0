/// The place of an activity in feeds: a snowflake taken when it was published.
///
/// A position is also the activity's id, the one thing a timeline holds. For most posts it equals the post's id;
/// for a held, scheduled or imported post it does not.
package struct Position: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Below every activity.
    package static let lowest = Position(0)
    /// Above every activity.
    package static let highest = Position(.max)

    // Spelled out: what `RawRepresentable` brings is generic, and many times slower where it is not specialized.
    package static func == (lhs: Self, rhs: Self) -> Bool { lhs.rawValue == rhs.rawValue }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(rawValue)
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
