import Core

/// The flags of a post event: the visibility it has, and for an edit the one it had.
package struct PostFlags: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    package init(visibility: Visibility, previously previous: Visibility? = nil) {
        rawValue = visibility.rawValue | (previous ?? visibility).rawValue << 4
    }

    package var visibility: Visibility { Visibility(rawValue: rawValue & 0xF) ?? .author }
    package var previousVisibility: Visibility { Visibility(rawValue: rawValue >> 4 & 0xF) ?? .author }
}
