/// What stands between a viewer and another account.
package struct Relationship: Hashable, Sendable {
    package var following = false
    package var followedBy = false
    /// The viewer asked to follow and waits for the answer.
    package var requested = false
    /// The other asked to follow the viewer.
    package var requestedBy = false
    package var blocking = false
    package var blockedBy = false
    package var muting = false
}
