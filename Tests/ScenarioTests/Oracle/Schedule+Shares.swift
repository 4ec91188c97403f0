import Core
import Posts

extension Schedule {
    /// Mostly of recent posts, and often one that others shared before.
    mutating func drawShare(_ kind: Kind, _ model: Model) -> Operation? {
        guard let someone = actor(model) else { return nil }
        switch kind {
        case .share, .quote:
            let author = target(model)
            let recent = model.written[author].suffix(number(3) == 0 ? 30 : 5)
            let again = model.shared[author].suffix(5).map(\.post)
            guard let post = pick(number(2) == 0 ? again : Array(recent)) else { return nil }
            return kind == .share ? .share(post, by: someone) : .quote(by: someone, of: post, visibility())
        case .unshare:
            if number(8) == 0 { return pick(model.written[target(model)]).map { .unshare($0, by: someone) } }
            return pick(model.shared[someone]).map { .unshare($0.post, by: someone) }
        default:
            // Mostly open, or little would be shared.
            let policy: SharePolicy = number(2) == 0 ? .everyone : number(2) == 0 ? .followers : .nobody
            return pick(Array(model.written[someone].suffix(6))).map { .setSharing($0, by: someone, policy) }
        }
    }

    mutating func visibility() -> Visibility {
        switch number(10) {
        case 0, 1: .author
        case 2, 3: .followers
        case 4: .closeFriends
        default: .everyone
        }
    }
}
