import Posts

/// What the lines of one kind of file mean.
protocol LineFormat {
    /// The next line, or the next lines that belong together.
    func next(from lines: inout LineReader) throws -> Line?

    /// Adds what a line says to a batch.
    /// - Throws: `SkipReason` where the line says nothing that can be imported, `ImportError` where it makes no sense to
    ///   read on.
    mutating func take(_ line: Line, into batch: inout DraftBatch, _ accounts: inout AccountBook) throws
}

extension LineFormat {
    func next(from lines: inout LineReader) throws -> Line? {
        try lines.next()
    }
}

/// `A B`, further columns ignored: A follows B.
struct FollowFormat: LineFormat {
    let isUndirected: Bool

    func take(_ line: Line, into batch: inout DraftBatch, _ accounts: inout AccountBook) throws {
        guard !line.isBlankOrComment else { return }
        var columns = ColumnScanner(line)
        let (follower, followee) = (try columns.account(), try columns.account())
        guard follower != followee else { throw SkipReason.selfEdge }
        let places = [accounts.place(of: follower), accounts.place(of: followee)]
        batch.follows += places
        if isUndirected { batch.follows += places.reversed() }
    }
}

/// `A B time RT|MT|RE`: A reposted, mentioned or answered B.
struct ActivityFormat: LineFormat {
    let seed: UInt64
    let times: ClosedRange<Int64>

    func take(_ line: Line, into batch: inout DraftBatch, _ accounts: inout AccountBook) throws {
        guard !line.isBlankOrComment else { return }
        var columns = ColumnScanner(line)
        let (author, target) = (try columns.account(), try columns.account())
        let time = try columns.next()
        let kind = try Self.kind(try columns.next())
        guard
            let written = Int64(decimal: time).map(WrittenTime.milliseconds)
                ?? WrittenTime.milliseconds(
                    String(decoding: time, as: UTF8.self)), times.contains(written)
        else { throw SkipReason.time }
        var numbers = SeededNumbers(seed: seed, line: line.number)
        let text = BuiltInTexts.post(&numbers)
        batch.posts.append(
            .init(
                author: accounts.place(of: author), content: kind == .repost ? "" : "@\(target.username) \(text)",
                writtenAt: written, kind: kind, target: accounts.place(of: target),
                original: kind == .mention ? "" : BuiltInTexts.post(&numbers)))
    }

    private static func kind(_ bytes: ArraySlice<UInt8>) throws(SkipReason) -> ImportedKind {
        switch String(decoding: bytes, as: UTF8.self) {
        case "RT": .repost
        case "MT": .mention
        case "RE": .reply
        default: throw .kind
        }
    }
}
