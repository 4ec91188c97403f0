import Core
import Posts
import Synchronization

/// Tells tasks that it is over.
final class Curtain: Sendable {
    private let isDown = Atomic(false)

    func fall() { isDown.store(true, ordering: .releasing) }
    var hasFallen: Bool { isDown.load(ordering: .acquiring) }
}

/// Posts that several tasks know of.
final class SharedPosts: Sendable {
    private let posts = Mutex<Set<ID<Post>>>([])

    var all: Set<ID<Post>> { posts.withLock { $0 } }
    func add(_ more: [ID<Post>]) { posts.withLock { $0.formUnion(more) } }
}
