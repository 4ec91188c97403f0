/// How an author's posts reach their followers.
package enum FanOut: Hashable, Sendable {
    /// Written into the followers' home timelines when published.
    case push
    /// Merged in when a follower reads.
    case pull
}

/// Decides by the number of followers, with hysteresis so that an author at the threshold does not flap.
package struct FanOutPolicy: Sendable {
    /// From this many followers on an author is pulled.
    package let pullThreshold: Int64

    package init(pullThreshold: Int64) {
        self.pullThreshold = pullThreshold
    }

    /// An author who is pulled is pushed again once fewer than nine tenths of the threshold follow.
    package func decision(followers: Int64, previously: FanOut = .push) -> FanOut {
        switch previously {
        case .push: followers >= pullThreshold ? .pull : .push
        case .pull: followers < pullThreshold - pullThreshold / 10 ? .push : .pull
        }
    }
}
