import Core
import Posts
import SocialGraph
import TestSupport

/// Draws the operations of a schedule from a seed and the state of the model.
struct Schedule {
    enum Kind: CaseIterable {
        case register, post, reply, edit, delete, remove, setComments, follow, unfollow, block, unblock, mute, unmute,
            muteWords, unmuteWords, setPrivate, accept
        case reject, suspend, reinstate, deleteAccount, importPosts, importFollows, read, drainFanOut, stepFanOut
        case share, unshare, setSharing, quote, feedback, makeList, changeList, deleteList, enlist, delist, befriend,
            unfriend, react, bookmark
        case replay, drainCounters, drainDeletions, dropTimeline, dropTimelines, restart, wait

        /// How often, in two thousand or so. What empties all timelines is rare, or they would never be warm.
        var weight: Int {
            switch self {
            case .dropTimelines, .restart, .importPosts, .importFollows: 1
            case .register, .deleteAccount, .deleteList: 4
            case .replay, .dropTimeline, .makeList: 8
            case .block, .reject, .suspend, .reinstate, .drainDeletions: 16
            case .wait: 24
            case .unblock, .setPrivate, .remove, .setComments, .muteWords, .unmuteWords: 30
            case .setSharing, .changeList, .delist, .unfriend: 20
            case .unshare: 40
            case .mute, .unmute, .stepFanOut, .drainCounters, .quote: 44
            case .accept, .enlist, .befriend, .bookmark: 60
            case .edit, .delete, .drainFanOut: 100
            case .reply, .share, .feedback, .react: 120
            case .unfollow: 160
            case .post: 280
            case .follow: 320
            case .read: 340
            }
        }
    }

    private static let bag = Kind.allCases.flatMap { Array(repeating: $0, count: $0.weight) }
    private static let minute: Int64 = 60_000
    private static let day: Int64 = 86_400_000

    private(set) var random: SeededGenerator
    /// Whom many follow for a while, and many leave for a while, so that the pull threshold is crossed both ways.
    private var focus = 0
    private var isFocusGrowing = true
    private var drawn = 0

    init(seed: Int) {
        random = SeededGenerator(seed: seed)
    }

    mutating func number(_ bound: Int) -> Int {
        Int.random(in: 0..<max(1, bound), using: &random)
    }

    mutating func pick<Value>(_ values: [Value]) -> Value? {
        values.randomElement(using: &random)
    }

    /// The next operation. `now` is the time of day in milliseconds since 1970.
    mutating func next(_ model: Model, now: Int64) -> Operation {
        drawn += 1
        if drawn % 250 == 0 {
            isFocusGrowing.toggle()
            if isFocusGrowing, number(2) == 0 { focus = target(model) }
        }
        while true {
            let kind = Self.bag[number(Self.bag.count)]
            if let operation = draw(kind, model, now) { return operation }
        }
    }

    private mutating func draw(_ kind: Kind, _ model: Model, _ now: Int64) -> Operation? {
        switch kind {
        case .register: return .register
        case .post, .reply, .edit, .delete, .remove, .setComments, .importPosts: return drawPost(kind, model, now)
        case .share, .unshare, .setSharing, .quote: return drawShare(kind, model)
        case .feedback: return drawFeedback(model)
        case .react, .bookmark: return drawMark(kind, model)
        case .makeList, .changeList, .deleteList, .enlist, .delist: return drawList(kind, model)
        case .suspend, .reinstate, .deleteAccount, .setPrivate: return drawAccount(kind, model)
        case .drainFanOut: return .drainFanOut
        case .stepFanOut: return .stepFanOut(1 + number(6))
        case .replay: return .replay(part: Double(number(1_000)) / 1_000, count: 1 + number(200))
        case .drainCounters: return .drainCounters
        case .drainDeletions: return .drainDeletions
        case .dropTimelines: return .dropTimelines
        case .restart: return .restart
        case .wait: return .wait(milliseconds: pause())
        case .dropTimeline: return actor(model).map { .dropTimeline($0) }
        case .read:
            let viewer = target(model)
            guard model.isActive(viewer) else { return nil }
            return .read(by: viewer, limit: [1, 3, 20, 100][number(4)], pages: 1 + number(6))
        default: return drawGraph(kind, model)
        }
    }

    /// Mostly minutes, at times weeks (past which a timeline is not pushed to), at times back.
    private mutating func pause() -> Int64 {
        switch number(40) {
        case 0: 40 * Self.day
        case 1: -5_000
        case 2...9: Self.day
        default: Self.minute * Int64(1 + number(300))
        }
    }

    mutating func actor(_ model: Model) -> Int? {
        pick(model.users.indices.filter { model.isActive($0) })
    }

    /// Some are drawn far more often than others.
    mutating func target(_ model: Model) -> Int {
        min(number(model.users.count), number(model.users.count))
    }

    /// A follow to begin with, so that there is a graph.
    mutating func acquaintance(_ model: Model) -> Operation {
        let one = number(model.users.count)
        return .follow(one, (one + 1 + number(model.users.count - 1)) % model.users.count)
    }

    private mutating func drawPost(_ kind: Kind, _ model: Model, _ now: Int64) -> Operation? {
        guard let author = actor(model) else { return nil }
        switch kind {
        case .post: return .post(by: number(8) == 0 && model.isActive(focus) ? focus : author, visibility())
        case .reply:
            let someone = number(2) == 0 ? pick(Array(model.users[author].following).sorted()) : target(model)
            guard let someone, let parent = pick(Array(model.written[someone].suffix(6))) else { return nil }
            return .reply(by: author, to: parent, visibility())
        case .importPosts:
            let count = 1 + number(12)
            return .importPosts(
                (0..<count).map { _ in
                    (actor(model) ?? author, now - Int64(number(400)) * Self.day / Int64(1 + number(1_000)))
                })
        case .remove: return drawRemoval(by: author, model)
        default: return drawChange(kind, of: author, model)
        }
    }

    /// An edit or a deletion, mostly of something recent, often the opening of what only its author saw.
    private mutating func drawChange(_ kind: Kind, of author: Int, _ model: Model) -> Operation? {
        let recent = number(4) > 0 ? model.written[author].suffix(4) : model.written[author][...]
        guard let id = pick(Array(recent)) else { return nil }
        if kind == .setComments {
            // Mostly open, or there would be few comments.
            return .setComments(id, by: author, number(2) == 0 ? .open : number(2) == 0 ? .followers : .closed)
        }
        if kind == .delete { return .delete(id, by: author) }
        let hidden = recent.last { [.author, .closeFriends].contains(model.posts[$0]?.visibility) }
        if number(2) == 0, let hidden { return .edit(hidden, by: author, .everyone) }
        return .edit(id, by: author, number(3) == 0 ? nil : Visibility(rawValue: Int64(number(4))))
    }

    private mutating func drawAccount(_ kind: Kind, _ model: Model) -> Operation? {
        switch kind {
        case .suspend: return actor(model).map { .suspend($0) }
        case .reinstate:
            return pick(model.users.indices.filter { model.users[$0].state == .suspended }).map { .reinstate($0) }
        case .deleteAccount:
            guard model.users.filter({ $0.state == .active }).count > 50 else { return nil }
            return actor(model).map { .deleteAccount($0) }
        default: return actor(model).map { .setPrivate($0, number(3) == 0) }
        }
    }

    private mutating func drawGraph(_ kind: Kind, _ model: Model) -> Operation? {
        guard let one = actor(model) else { return nil }
        let user = model.users[one]
        switch kind {
        case .unfollow:
            if !isFocusGrowing, number(4) > 0, let fan = pick(model.followers(of: focus)), model.isActive(fan) {
                return .unfollow(fan, focus)
            }
            return pick(user.following.sorted()).map { .unfollow(one, $0) }
        case .unblock: return pick(user.blocks.sorted()).map { .unblock(one, $0) }
        case .unfriend: return pick(user.friends.sorted()).map { .unfriend(one, $0) }
        case .unmute: return pick(user.mutes.sorted()).map { .unmute(one, $0) }
        case .muteWords:
            return pick(Words.phrases).map { .muteWords(one, $0, MutingScopes(rawValue: Int64(1 + number(7)))) }
        case .unmuteWords: return pick(user.mutedWords.keys.sorted()).map { .unmuteWords(one, $0) }
        case .accept, .reject:
            let asked = model.users.indices.filter { model.users[$0].requested.contains(one) }
            guard let asker = pick(asked) else { return nil }
            return kind == .accept ? .accept(by: one, from: asker) : .reject(by: one, from: asker)
        case .importFollows:
            let all = (0..<(1 + number(8))).compactMap { _ in actor(model) }
            return .importFollows(all.map { (one, $0) }.filter { $0 != $1 })
        default: break
        }
        let other = kind == .follow && isFocusGrowing && number(2) == 0 ? focus : target(model)
        guard other != one else { return nil }
        switch kind {
        // Mostly those who follow, or there would be little of it in feeds.
        case .befriend: return .befriend(one, (number(4) > 0 ? pick(model.followers(of: one)) : nil) ?? other)
        case .follow: return .follow(one, other)
        case .block: return .block(one, other)
        default: return .mute(one, other)
        }
    }
}
