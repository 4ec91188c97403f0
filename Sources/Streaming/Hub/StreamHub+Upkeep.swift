import Accounts
import Core
import Metrics
import SQL
import Synchronization

extension StreamHub {
    /// What comes round: counters, signs of life, tokens that have run out, and what is forgotten.
    func tick() async throws {
        let now = clock.now()
        let tick = work.withLock { work in
            work.ticks &+= 1
            work.lapsedTicks = database.cacheLease.isValid ? 0 : work.lapsedTicks + 1
            return (number: work.ticks, lapsed: work.lapsedTicks)
        }
        for connection in room.withLock({ $0.connections }) {
            if connection.principal.expiresAt <= now {
                end(connection, .unauthorized)
            } else if tick.lapsed > 1 {
                // A process that does not hear what others change cannot know who has logged out.
                end(connection, .unavailable)
            } else if (connection.id &+ tick.number) % settings.heartbeatTicks == 0, !connection.outlet.beat() {
                end(connection, .slowReader)
            }
        }
        room.withLock { $0.expire(at: now) }
        metrics.connections.record(places.withLock { $0.total })
        try await tellCounters()
    }
}
