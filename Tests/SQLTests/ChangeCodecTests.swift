import Core
import Testing

@testable import SQL

@Suite("Changes between processes")
struct ChangeCodecTests {
    private static let changes: [Change] = [
        .account(1), .relationship(1, 2), .followed(follower: 1, followee: 2), .unfollowed(follower: 1, followee: 2),
        .closeFriendAdded(of: 1, friend: 2), .closeFriendRemoved(of: 1, friend: 2),
        .published(post: 1, author: 2, position: .max), .post(1, author: 2, position: 3),
        .counters([AccountCounters(account: 1, followers: 2, following: 3, posts: 4)]), .postCounters([1, 2]),
        .marked(account: 1, post: 2, mask: 3, value: .min), .feedback(account: 1, post: 2, mask: 3, value: 4),
        .shared(post: 1, sharer: 2, position: 3), .unshared(post: 1, sharer: 2, position: 3), .markersMoved(1),
        .notified(account: 1, notification: 2, kind: 3), .passwordChanged(1), .accountErased(1), .sessionRevoked(1),
        .signingKeys, .pulled(author: 1, through: 2), .timelinesDropped(generation: 1), .bulk,
    ]

    @Test("every kind reads as it was written, alone and among others", arguments: changes)
    func roundTrip(change: Change) {
        #expect(ChangeCodec.decode(ChangeCodec.encode([change])) == [change])
        #expect(ChangeCodec.decode(ChangeCodec.encode(Self.changes + [change])) == Self.changes + [change])
    }

    @Test("what cannot be read makes a process drop all that it knows", arguments: [[], [2], [1, 255], [1, 90, 0]])
    func unknown(bytes: [UInt8]) {
        #expect(ChangeCodec.decode(bytes) == [.bulk])
    }
}
