import Accounts
import Core
import Metrics
import Posts
import SocialGraph

// The feed as it is read most: everything it takes is in memory. Posts go from the caches straight into the answer; nothing
// is allocated for them, and no reference to them is counted.
extension FeedReader {
    /// Lays a page of the viewer's home feed below `before`, newest first, if all it takes is in memory; never blocks.
    /// - Returns: false says nothing, and what was laid is worth nothing: ask `page`.
    package func layWarmPage(
        of viewer: ID<Account>, before: Position, limit: Int, to splicer: inout ByteSplicer
    ) -> Bool {
        let start = ContinuousClock.now
        let latest = fanOutOffset()
        guard let relations = relations.cached(viewer), let marks = marks.cached(viewer) else { return false }
        let mutedText = relations.mutedWords == nil ? nil : MutedText(relations, in: .home, at: clock.now())
        var page = WarmPage(relations: relations, marks: marks, mutedText: mutedText, limit: limit)
        splicer.append(FeedPresenter.opening)
        guard layPosts(of: &page, relations, before: before, to: &splicer) else { return false }
        FeedPresenter.close(
            next: page.next.map { Cursor(.feed, $0.rawValue) }, latest: Cursor(.latest, latest), to: &splicer)
        if !page.gone.isEmpty { home.remove(page.gone, from: viewer) }
        timings.warm.record(duration: start.duration(to: .now))
        return true
    }

    /// How a page is coming on.
    struct WarmPage {
        let relations: Relations
        let marks: ViewerMarks
        let mutedText: MutedText?
        let limit: Int
        var laid = 0
        /// Stretches of skeleton that were looked through.
        var batches = 0
        var last: Position?
        /// Whether another post follows the last.
        var hasMore = false
        /// Entries whose post is gone for good.
        var gone: Set<Int64> = []

        var filter: HomeFilter { HomeFilter(relations: relations, mutedText: mutedText) }
        var next: Position? { hasMore ? last : nil }
        /// What is missing, one more to know whether another follows, and some for what the filter will remove.
        var batch: Int { limit + 1 - laid + 8 }

        /// Whether it takes no more than a look to know what of this the viewer does not want to read.
        func knowsText(of card: PostCard) -> Bool { mutedText.map { $0.hidesAtOnce(card) != nil } ?? true }

        /// Begins the next post.
        /// - Returns: false where the page is full.
        @inline(__always)
        mutating func open(at position: Position, to splicer: inout ByteSplicer) -> Bool {
            guard laid < limit else {
                hasMore = true
                return false
            }
            if laid > 0 { splicer.append(UInt8(ascii: ",")) }
            laid += 1
            last = position
            return true
        }
    }

    private func layPosts(
        of page: inout WarmPage, _ relations: Relations, before: Position, to splicer: inout ByteSplicer
    ) -> Bool {
        var cursor = before
        while true {
            let batch = page.batch
            let step: (count: Int, last: Int64, isLast: Bool)? = withUnsafeTemporaryAllocation(
                of: Int64.self, capacity: batch
            ) { positions in
                guard let (count, isLast) = warmSkeleton(relations, before: cursor, into: positions) else { return nil }
                for index in 0..<count where !page.hasMore {
                    guard lay(Position(positions[index]), of: &page, to: &splicer) else { return nil }
                }
                return (count, count > 0 ? positions[count - 1] : 0, isLast)
            }
            guard let step else { return false }
            guard !page.hasMore, step.count > 0, !step.isLast else { return true }
            page.batches += 1
            // Where muted words hide very many, others wait for this connection's thread.
            guard page.batches < Limits.warmBatchesMax else { return false }
            cursor = Position(step.last)
        }
    }

    /// - Returns: false where memory does not know enough of this position.
    private func lay(_ position: Position, of page: inout WarmPage, to splicer: inout ByteSplicer) -> Bool {
        var isOther = false
        let isLaid = library.withCached(position) { card -> Bool in
            guard let card, card.isPlain else {
                isOther = true
                return true
            }
            return directory.withCached(card.post.author) { author in
                guard HomeFilter.removalFromHome(of: card.post, author: author.standing, page.relations) == nil else {
                    return true
                }
                guard let flags = page.marks.flags(of: card.post.id.rawValue) else { return false }
                if flags.isHidden { return true }
                if let mutedText = page.mutedText {
                    guard let isMuted = mutedText.hidesAtOnce(card) else { return false }
                    if isMuted { return true }
                }
                if page.open(at: position, to: &splicer) { card.write(author: author, viewer: flags, to: &splicer) }
                return true
            }
        }
        return isOther ? layOther(position, of: &page, to: &splicer) : isLaid
    }

    /// The newest positions below `before`, written to `positions` until it is full, where it is all in memory.
    private func warmSkeleton(
        _ relations: Relations, before: Position, into positions: UnsafeMutableBufferPointer<Int64>
    ) -> (count: Int, isLast: Bool)? {
        let limit = positions.count
        return withUnsafeTemporaryAllocation(of: Int64.self, capacity: limit) { entries in
            guard let home = home.copySlice(of: relations.viewer, before: before, to: entries) else { return nil }
            let authors = pulled.authors(for: relations, floor: home.floor)
            let runCount = authors.count + 2
            return withUnsafeTemporaryAllocation(of: Int64.self, capacity: runCount * limit) { values in
                withUnsafeTemporaryAllocation(of: Range<Int>.self, capacity: runCount) { ranges in
                    var runs = Runs(values: values, ranges: ranges, floor: home.floor)
                    runs.append(UnsafeBufferPointer(rebasing: entries[..<home.count]))
                    for author in [relations.viewer] + authors {
                        guard gather(author, before, limit, into: &runs) else { return nil }
                    }
                    return runs.merged(into: positions)
                }
            }
        }
    }

    private func gather(_ author: ID<Account>, _ before: Position, _ limit: Int, into runs: inout Runs) -> Bool {
        users.withCached(author) { timeline in
            timeline.page(before: before, limit: limit).withUnsafeBufferPointer { runs.append($0) }
            // Complete only down to the highest of all floors.
            runs.floor = max(runs.floor, timeline.floor)
        }
    }
}

extension Limits {
    /// Stretches of skeleton that a warm read looks through for one page.
    static let warmBatchesMax = 8
}

/// Stretches of timelines, one behind the other in memory that was reckoned to hold them.
private struct Runs {
    let values: UnsafeMutableBufferPointer<Int64>
    let ranges: UnsafeMutableBufferPointer<Range<Int>>
    var floor: Position
    private var valueCount = 0
    private var rangeCount = 0

    init(
        values: UnsafeMutableBufferPointer<Int64>, ranges: UnsafeMutableBufferPointer<Range<Int>>, floor: Position
    ) {
        self.values = values
        self.ranges = ranges
        self.floor = floor
    }

    mutating func append(_ entries: UnsafeBufferPointer<Int64>) {
        precondition(entries.count <= values.count - valueCount && rangeCount < ranges.count, "more than was reckoned")
        let end = values[valueCount...].initialize(fromContentsOf: entries)
        ranges.initializeElement(at: rangeCount, to: valueCount..<end)
        valueCount = end
        rangeCount += 1
    }

    /// - Returns: nil where memory ends and the store goes on.
    func merged(into positions: UnsafeMutableBufferPointer<Int64>) -> (count: Int, isLast: Bool)? {
        let count = withUnsafeTemporaryAllocation(of: SortedMerge.Run.self, capacity: rangeCount) { runs in
            var merge = SortedMerge(
                UnsafeBufferPointer(rebasing: values[..<valueCount]),
                ranges: UnsafeBufferPointer(rebasing: ranges[..<rangeCount]), runs: runs, notBelow: floor.rawValue)
            return merge.newest(into: positions)
        }
        guard count > 0 || floor == .lowest else { return nil }
        return (count, floor == .lowest && count < positions.count)
    }
}
