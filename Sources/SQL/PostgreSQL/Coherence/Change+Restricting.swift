import Core

extension Change {
    /// Whether it may hide something that was to be seen before: such a write waits for every process that may still
    /// answer from memory.
    package var restricts: Bool {
        switch self {
        case .account, .accountErased, .relationship, .unfollowed, .post, .unshared, .closeFriendRemoved, .feedback,
            .sessionRevoked, .signingKeys, .bulk:
            true
        case .eventsAppended, .notified, .followed, .published, .counters, .postCounters, .postLikes, .marked, .shared,
            .pulled, .timelinesDropped, .markersMoved, .closeFriendAdded, .passwordChanged:
            false
        }
    }
}
