import Core

/// Changes as bytes: a version, then each with a tag and its numbers as little-endian 64-bit integers.
enum ChangeCodec {
    private static let version: UInt8 = 1

    private enum Tag: UInt8 {
        case account = 1
        case relationship
        case followed
        case unfollowed
        case published
        case post
        case counters
        case postCounters
        case sessionRevoked
        case signingKeys
        case bulk
        case pulled
        case timelinesDropped
        case marked
        case markersMoved
        case notified = 50
        case shared = 40
        case unshared = 41
        case feedback = 42
        case closeFriendAdded = 70
        case closeFriendRemoved = 71
        case passwordChanged = 72
        case accountErased = 90
    }

    /// `eventsAppended` is left out: whoever follows the log sees the events.
    static func encode(_ changes: [Change]) -> [UInt8] {
        var bytes = [version]
        func add(_ tag: Tag, _ numbers: [Int64]) {
            bytes.append(tag.rawValue)
            for number in numbers { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
        }
        for change in changes {
            switch change {
            case .eventsAppended: break
            case .account(let id): add(.account, [id])
            case .relationship(let one, let other): add(.relationship, [one, other])
            case .followed(let follower, let followee): add(.followed, [follower, followee])
            case .unfollowed(let follower, let followee): add(.unfollowed, [follower, followee])
            case .closeFriendAdded(let owner, let friend): add(.closeFriendAdded, [owner, friend])
            case .closeFriendRemoved(let owner, let friend): add(.closeFriendRemoved, [owner, friend])
            case .published(let post, let author, let position): add(.published, [post, author, position])
            case .post(let post, let author, let position): add(.post, [post, author, position])
            case .counters(let counters):
                let numbers = counters.flatMap { [$0.account, $0.followers, $0.following, $0.posts] }
                add(.counters, [Int64(counters.count)] + numbers)
            case .postCounters(let positions): add(.postCounters, [Int64(positions.count)] + positions)
            // Those of an earlier release know no more.
            case .postLikes(let posts): add(.postCounters, [Int64(posts.count)] + posts.map(\.position))
            case .sessionRevoked(let id): add(.sessionRevoked, [id])
            case .passwordChanged(let id): add(.passwordChanged, [id])
            case .accountErased(let id): add(.accountErased, [id])
            case .signingKeys: add(.signingKeys, [])
            case .bulk: add(.bulk, [])
            case .pulled(let author, let through): add(.pulled, [author, through])
            case .timelinesDropped(let generation): add(.timelinesDropped, [generation])
            case .markersMoved(let account): add(.markersMoved, [account])
            case .notified(let account, let notification, let kind): add(.notified, [account, notification, kind])
            case .shared(let post, let sharer, let position): add(.shared, [post, sharer, position])
            case .unshared(let post, let sharer, let position): add(.unshared, [post, sharer, position])
            case .marked(let account, let post, let mask, let value): add(.marked, [account, post, mask, value])
            case .feedback(let account, let post, let mask, let value):
                add(.feedback, [account, post, mask, value])
            }
        }
        return bytes
    }

    /// - Returns: `[.bulk]` for what this binary cannot read, such as a kind of change that a newer one wrote: it then
    ///   drops what it has, which is always right.
    static func decode(_ bytes: [UInt8]) -> [Change] {
        var reader = Reader(bytes: bytes[...])
        guard reader.byte() == version else { return [.bulk] }
        var changes: [Change] = []
        while !reader.bytes.isEmpty {
            guard let tag = reader.byte().flatMap(Tag.init), let change = reader.change(tag) else { return [.bulk] }
            changes.append(change)
        }
        return changes
    }

    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func byte() -> UInt8? { bytes.popFirst() }

        mutating func number() -> Int64? {
            guard bytes.count >= 8 else { return nil }
            defer { bytes.removeFirst(8) }
            return bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
        }

        mutating func numbers(_ count: Int) -> [Int64]? {
            guard count >= 0, count <= bytes.count / 8 else { return nil }
            return (0..<count).compactMap { _ in number() }
        }

        /// As many numbers as the first says, times `width`.
        mutating func list(width: Int) -> [Int64]? {
            guard let count = number(), count >= 0, count <= bytes.count / 8 / width else { return nil }
            return numbers(Int(count) * width)
        }

        mutating func change(_ tag: Tag) -> Change? {
            switch tag {
            case .account: number().map { .account($0) }
            case .relationship: numbers(2).map { .relationship($0[0], $0[1]) }
            case .followed: numbers(2).map { .followed(follower: $0[0], followee: $0[1]) }
            case .unfollowed: numbers(2).map { .unfollowed(follower: $0[0], followee: $0[1]) }
            case .closeFriendAdded: numbers(2).map { .closeFriendAdded(of: $0[0], friend: $0[1]) }
            case .closeFriendRemoved: numbers(2).map { .closeFriendRemoved(of: $0[0], friend: $0[1]) }
            case .published: numbers(3).map { .published(post: $0[0], author: $0[1], position: $0[2]) }
            case .post: numbers(3).map { .post($0[0], author: $0[1], position: $0[2]) }
            case .counters: list(width: 4).map { .counters(Self.counters($0)) }
            case .postCounters: list(width: 1).map { .postCounters($0) }
            case .sessionRevoked: number().map { .sessionRevoked($0) }
            case .passwordChanged: number().map { .passwordChanged($0) }
            case .accountErased: number().map { .accountErased($0) }
            case .signingKeys: .signingKeys
            case .bulk: .bulk
            case .pulled: numbers(2).map { .pulled(author: $0[0], through: $0[1]) }
            case .timelinesDropped: number().map { .timelinesDropped(generation: $0) }
            case .markersMoved: number().map { .markersMoved($0) }
            case .notified: numbers(3).map { .notified(account: $0[0], notification: $0[1], kind: $0[2]) }
            case .shared: numbers(3).map { .shared(post: $0[0], sharer: $0[1], position: $0[2]) }
            case .unshared: numbers(3).map { .unshared(post: $0[0], sharer: $0[1], position: $0[2]) }
            case .marked: numbers(4).map { .marked(account: $0[0], post: $0[1], mask: $0[2], value: $0[3]) }
            case .feedback: numbers(4).map { .feedback(account: $0[0], post: $0[1], mask: $0[2], value: $0[3]) }
            }
        }

        private static func counters(_ numbers: [Int64]) -> [AccountCounters] {
            stride(from: 0, to: numbers.count, by: 4).map {
                AccountCounters(
                    account: numbers[$0], followers: numbers[$0 + 1], following: numbers[$0 + 2], posts: numbers[$0 + 3]
                )
            }
        }
    }
}
