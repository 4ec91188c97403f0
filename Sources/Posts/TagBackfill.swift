import Core
import EventLog
import Logging
import SQL
import ServiceLifecycle

/// Finds the hashtags of posts that were written before there was a table of them, once for a store. How far that has come is
/// kept with the progress of imports, so that it goes on where it was stopped; several processes may do it without harm.
package struct TagBackfill: Service {
    /// Another name has all of it done again.
    private static let source = "hashtags-1"
    private static let finished = Int64.max

    private let database: any Database
    private let clock: WallClock
    private let logger: Logger

    package init(database: any Database, clock: WallClock, logger: Logger) {
        self.database = database
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        await Upkeep.run("find hashtags", every: .seconds(60), logger: logger) { try await finish() }
    }

    /// Goes on until every post was looked at.
    package func finish() async throws {
        var position = try await database.read { try PostService.linesImported(from: Self.source, $0) }
        var posts = 0
        while position < Self.finished, !Task.isCancelled {
            let (start, now) = (position, clock.now())
            let stretch = try await database.writeMuch { store in
                let stretch = try TagRows.mend(above: start, store)
                try PostService.save(
                    ImportCheckpoint(source: Self.source, linesDone: stretch.next ?? Self.finished), now: now, store)
                return stretch
            }
            position = stretch.next ?? Self.finished
            posts += stretch.posts
            logger.info("hashtags found", metadata: ["posts": "\(posts)", "rows": "\(stretch.wrong)"])
        }
    }
}
