/// What can go wrong when reading a feed.
package enum FeedError: Error, Hashable {
    /// The `since` token lies before what the event log retains, or a bulk change came between: reload the feed.
    case reload
    /// The token is not one that this server gave.
    case unknownToken
}
