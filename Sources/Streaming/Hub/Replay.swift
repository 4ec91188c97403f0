import Accounts
import Core
import Posts
import SocialGraph

/// Decides what of the events that a client missed may still be told, one after the other in their order.
///
/// Nothing is told of posts that the reader is not shown any more, but for the end of those that the client may have.
struct Replay {
    /// Posts of the events up to `through` that the reader is not shown any more.
    var hidden: Set<ID<Post>> = []
    /// Those of them that are gone altogether: a client that read them meanwhile hears of their end.
    var gone: Set<ID<Post>> = []
    /// The number of the newest event whose posts were looked at. What came later was told by the rules of now.
    var through: UInt64 = 0
    /// Sharers of whom the reader may not hear any more.
    var unnamed: Set<ID<Account>> = []
    /// Posts whose coming was withheld: the client knows nothing of them, and hears nothing of their end.
    private var untold: Set<ID<Post>> = []

    init() {}

    /// - Returns: the event as it may be told; nil where it may not be.
    mutating func event(of entry: Backlog.Entry) -> StreamEvent? {
        let hidden = entry.sequence <= through ? self.hidden : []
        switch entry.event {
        case .postNew(let post, let sharer):
            guard !hidden.contains(post) else {
                if !gone.contains(post) { untold.insert(post) }
                return nil
            }
            untold.remove(post)
            return sharer.map(unnamed.contains) == true ? .postNew(post) : entry.event
        case .postUpdated(let post):
            return hidden.contains(post) || untold.contains(post) ? nil : entry.event
        case .postDeleted(let post):
            return untold.contains(post) ? nil : entry.event
        case .counters(let posts):
            let shown = posts.filter { !hidden.contains($0.post) && !untold.contains($0.post) }
            return shown.isEmpty ? nil : .counters(shown)
        case .notification, .readMarker, .reset:
            return entry.event
        }
    }
}
