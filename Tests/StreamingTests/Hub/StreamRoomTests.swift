import Accounts
import Core
import Posts
import SocialGraph
import Testing

@testable import Streaming

@Suite("The room of those who listen")
struct StreamRoomTests {
    private static let settings: StreamSettings = {
        var settings = StreamSettings()
        settings.backlogEventsMax = 3
        settings.backlogAge = .seconds(10)
        return settings
    }()

    private static func event(_ number: Int64) -> StreamEvent { .postNew(ID(number)) }

    /// A room whose account 1 has heard of `count` posts and has gone since.
    private func room(heard count: Int64, at now: Int64 = 0) -> StreamRoom {
        var room = StreamRoom(epoch: 7, settings: Self.settings)
        let (id, _) = connect(RecordingOutlet(), to: &room, at: now)
        for number in 0..<count { _ = room.tell(Self.event(number + 1), to: 1, at: now) }
        room.disconnect(id, of: 1, at: now)
        return room
    }

    @discardableResult
    private func connect(
        _ outlet: RecordingOutlet, to room: inout StreamRoom, resume: String? = nil, session: Int64 = 9,
        at now: Int64 = 0, replay: Replay = Replay()
    ) -> (id: UInt64, resumed: Bool?) {
        room.connect(
            Principal(accountID: ID(1), sessionID: session, expiresAt: .max), token: "token", to: outlet,
            resume: resume, at: now, replay: replay)
    }

    @Test(
        "who comes back gets what was missed, or a reset where that is not known any more",
        arguments: [
            ("7-5", ["open 5"]), ("7-4", ["open 4", "post.new 5"]),
            ("7-2", ["open 2", "post.new 3", "post.new 4", "post.new 5"]), ("7-1", ["open 5", "reset 5"]),
            ("7-6", ["open 5", "reset 5"]), ("8-4", ["open 5", "reset 5"]), ("nonsense", ["open 5", "reset 5"]),
        ])
    func resume(text: String, expected: [String]) {
        var room = room(heard: 5)
        let outlet = RecordingOutlet()
        connect(outlet, to: &room, resume: text)
        #expect(outlet.lines == expected)
    }

    @Test("what was missed is told only of posts that may still be shown")
    func resumeWithoutHidden() {
        var room = room(heard: 1)
        _ = room.tell(Self.event(5), to: 1, at: 0)
        let outlet = RecordingOutlet()
        var replay = Replay()
        replay.hidden = [ID(1)]
        replay.through = 2
        connect(outlet, to: &room, resume: "7-0", replay: replay)
        #expect(outlet.lines == ["open 0", "post.new 2"])
    }

    @Test("events grow old, and an account that nobody waits for is forgotten without giving its numbers again")
    func age() {
        var room = room(heard: 2, at: 0)
        room.expire(at: 10_000)
        #expect(!room.isEmpty)
        room.expire(at: 10_001)
        #expect(room.isEmpty)
        let outlet = RecordingOutlet()
        connect(outlet, to: &room, resume: "7-1", at: 10_002)
        #expect(outlet.lines == ["open 2", "reset 2"])
    }

    @Test("events older than the bound are not told again, however few they are")
    func oldEvents() {
        var room = StreamRoom(epoch: 7, settings: Self.settings)
        connect(RecordingOutlet(), to: &room)
        _ = room.tell(Self.event(1), to: 1, at: 0)
        _ = room.tell(Self.event(2), to: 1, at: 9_000)
        room.expire(at: 10_500)
        let late = RecordingOutlet()
        connect(late, to: &room, resume: "7-0")
        #expect(late.lines == ["open 2", "reset 2"])
        let early = RecordingOutlet()
        connect(early, to: &room, resume: "7-1")
        #expect(early.lines == ["open 1", "post.new 2"])
    }

    @Test("every device hears the same under the same number; one that does not read is named")
    func devices() {
        var room = StreamRoom(epoch: 7, settings: Self.settings)
        let phone = RecordingOutlet()
        let laptop = RecordingOutlet(capacity: 1)
        connect(phone, to: &room, session: 9)
        let (slow, _) = connect(laptop, to: &room, session: 10)
        let first = room.tell(Self.event(1), to: 1, at: 0)
        #expect(first.slow.isEmpty)
        let outcome = room.tell(Self.event(2), to: 1, at: 0)
        #expect(outcome.sent == 1)
        #expect(outcome.slow.map(\.id) == [slow])
        #expect(phone.lines == ["open 0", "post.new 1", "post.new 2"])
        #expect(laptop.lines == ["open 0", "post.new 1"])
        #expect(room.connections(ofSession: 10).map(\.id) == [slow])
        room.disconnect(slow, of: 1, at: 0)
        #expect(room.connections(ofSession: 10).isEmpty)
        #expect(room.connections(ofSession: 9).count == 1)
    }

    @Test("follows that change while they are loaded come on top of what was loaded")
    func follows() {
        var room = StreamRoom(epoch: 7, settings: Self.settings)
        let isNew = room.admit(1, at: 0)
        #expect(isNew)
        room.followed(1, 20)
        room.unfollowed(1, 21)
        room.followed(5, 20)
        room.install(Relations(viewer: ID(1), following: [20, 21, 22]), of: 1)
        let isStillUnknown = room.admit(1, at: 0)
        #expect(!isStillUnknown)
        #expect(room.listeners(to: 20) == [1])
        #expect(room.listeners(to: 21) == [])
        #expect(room.listeners(to: 22) == [1])
        #expect(room.listeners(to: 1) == [1])
        room.unfollowed(1, 22)
        #expect(!room.hasListeners(to: 22))
        room.dismiss(1)
        #expect(!room.hasListeners(to: 20))
        #expect(!room.hasListeners(to: 1))
    }
}

@Suite("What is told late")
struct ReplayTests {
    /// What may be told of these events, with the numbers from 1 on, where posts 1 and 2 are hidden.
    private func replayed(_ events: [StreamEvent], through: UInt64 = .max) -> [StreamEvent] {
        var replay = Replay()
        replay.hidden = [ID(1), ID(2)]
        replay.through = through
        replay.unnamed = [ID(8)]
        return events.enumerated().compactMap { number, event in
            replay.event(of: Backlog.Entry(sequence: UInt64(number) + 1, at: 0, event: event))
        }
    }

    @Test("the end of a hidden post is told only where the client may have it")
    func ends() {
        let events: [StreamEvent] = [
            .postNew(ID(1)), .postUpdated(ID(1)), .postDeleted(ID(1)), .postUpdated(ID(2)), .postDeleted(ID(2)),
            .postNew(ID(3)), .postDeleted(ID(3)),
        ]
        #expect(replayed(events) == [.postDeleted(ID(2)), .postNew(ID(3)), .postDeleted(ID(3))])
    }

    @Test("counters are told without those of hidden posts")
    func counters() {
        let counts = [1, 3].map { (post: Int64) in PostCounts(post: ID(post), likes: 5) }
        #expect(replayed([.counters(counts), .counters([counts[0]]), .reset]) == [.counters([counts[1]]), .reset])
    }

    @Test("what came after the look is told as it was, but nothing of a post that was withheld until it is new again")
    func later() {
        let counts = [PostCounts(post: ID(1))]
        let events: [StreamEvent] = [
            .postNew(ID(1)), .counters(counts), .postDeleted(ID(1)), .postNew(ID(1)), .counters(counts),
            .postDeleted(ID(1)),
        ]
        #expect(replayed(events, through: 1) == Array(events[3...]))
    }

    @Test("a sharer who is not to be named is not, though the post is still shown")
    func sharers() {
        let events: [StreamEvent] = [.postNew(ID(3), sharer: ID(8)), .postNew(ID(4), sharer: ID(9))]
        #expect(replayed(events) == [.postNew(ID(3)), .postNew(ID(4), sharer: ID(9))])
    }
}

@Suite("Ids of events")
struct StreamEventIDTests {
    @Test(
        "a text that no server gave is none",
        arguments: [
            "", "-", "7", "7-", "-7", "7-8-9", "g-1", "7-99999999999999999999", String(repeating: "1", count: 41),
        ])
    func refused(text: String) {
        #expect(StreamEventID(text) == nil)
    }

    @Test("an id survives its text")
    func text() {
        let id = StreamEventID(epoch: .max, sequence: .max)
        #expect(StreamEventID(id.description) == id)
    }
}
